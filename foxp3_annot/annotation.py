"""What a variant is and does: its names, consequence, place in gene and protein, and the other build."""

from dataclasses import dataclass

from foxp3_annot.assembly import Assembly, build_of
from foxp3_annot.consequence import Consequence
from foxp3_annot.effect import Effect, effect_of
from foxp3_annot.gene import Gene, GeneModel, Landmark
from foxp3_annot.hgvs import hgvs_c, hgvs_g, hgvs_gene
from foxp3_annot.lift import Lifted, lift
from foxp3_annot.protein import Domain
from foxp3_annot.transcript import Feature
from foxp3_annot.variant import Edit, Variant

_SPLICE_REGION = {
    Consequence.SPLICE_REGION,
    Consequence.SPLICE_DONOR_5TH_BASE,
    Consequence.SPLICE_DONOR_REGION,
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """One variant described on NM_014009.4.

    `vcf` is the leftmost spelling with anchor base; `features` are the exons and introns touched, in
    transcript order; `residues` the first and last affected residue, None where none is; `other_hgvs_g`
    is the genomic name on the other build, empty where there is no equivalent.
    """

    variant: Variant
    vcf: Edit
    hgvs_g: str
    hgvs_c: str
    effect: Effect
    features: tuple[Feature, ...]
    domains: tuple[Domain, ...]
    landmarks: tuple[Landmark, ...]
    other_build: Lifted
    other_hgvs_g: str

    @property
    def hgvs_p(self) -> str:
        return self.effect.hgvs_p

    @property
    def consequences(self) -> tuple[Consequence, ...]:
        return self.effect.consequences

    @property
    def most_severe(self) -> Consequence:
        return self.effect.consequences[0]

    @property
    def residues(self) -> tuple[int, int] | None:
        change = self.effect.protein_change
        return (change.first, change.last) if change else None

    @property
    def is_damaging_in_kind(self) -> bool:
        """Whether kind or place alone says that function is likely lost."""
        return any(mark.kind.is_vital for mark in self.landmarks) or any(
            term.is_damaging_in_kind for term in self.consequences
        )

    @property
    def may_disturb_splicing(self) -> bool:
        """Whether it lies in the splice region, outside the two bases that a splice site cannot do without."""
        return not _SPLICE_REGION.isdisjoint(self.consequences)

    @property
    def name(self) -> str:
        """The shortest name that is complete: the c. name without accession, else the g. name."""
        return self.hgvs_c.split(":", 1)[1] if self.hgvs_c else self.hgvs_g


@dataclass(frozen=True, slots=True)
class OnTranscript:
    """What a variant is called and does on one transcript."""

    transcript: str
    protein: str
    hgvs_c: str
    effect: Effect


def on_other_transcripts(variant: Variant, gene: Gene) -> tuple[OnTranscript, ...]:
    """The variant on each transcript of its build beside the first: NM_014009.3 and NM_001114377.1."""
    transcripts = gene.on(build_of(variant.assembly)).transcripts[1:]
    return tuple(
        OnTranscript(one.accession, one.protein_accession, hgvs_c(variant, one), effect_of(one, one.edit_of(variant)))
        for one in transcripts
    )


def on_other_build(annotation: Annotation, gene: Gene) -> str:
    """The c. name that the same allele has on the other build, where introns 1 and 6 have another length."""
    lifted = annotation.other_build.variant
    return hgvs_c(lifted, gene.on(build_of(lifted.assembly)).transcript) if lifted else ""


def on_lrg(variant: Variant, gene: Gene) -> str:
    """The name on LRG_62, the reverse complement of GRCh37; empty where the variant has no place on GRCh37."""
    here = build_of(variant.assembly)
    on37: Variant | None = variant
    if here is not Assembly.GRCH37:
        on37 = lift(variant, gene.on(here).reference, gene.on(Assembly.GRCH37).reference, gene.block_map).variant
    return hgvs_gene(on37, gene.on(Assembly.GRCH37).transcript, "LRG_62") if on37 else ""


def annotate(variant: Variant, gene: Gene) -> Annotation:
    """Describe a variant on the first transcript of its build."""
    assembly = build_of(variant.assembly)
    model = gene.on(assembly)
    transcript = model.transcript
    edit = transcript.edit_of(variant)
    effect = effect_of(transcript, edit)
    change = effect.protein_change
    placed = variant.leftmost()
    other = gene.on(assembly.other).reference
    lifted = lift(variant, model.reference, other, gene.block_map)
    first, last = min(placed.start, placed.end), max(placed.start, placed.end)
    return Annotation(
        variant=variant,
        vcf=variant.vcf(model.reference),
        hgvs_g=hgvs_g(variant, model.reference),
        hgvs_c=hgvs_c(variant, transcript),
        effect=effect,
        features=_features(model, edit),
        domains=model.domains_of(change.first, change.last) if change else (),
        landmarks=model.landmarks_of(first, last),
        other_build=lifted,
        other_hgvs_g=hgvs_g(lifted.variant, other) if lifted.variant else "",
    )


def _features(model: GeneModel, edit: Edit) -> tuple[Feature, ...]:
    """Exons and introns from the first to the last touched base; an insertion touches the bases beside it."""
    transcript = model.transcript
    first, last = edit.start, edit.start + len(edit.ref) - 1
    if not edit.ref:
        first, last = edit.start - 1, edit.start
    first, last = max(first, transcript.start), min(last, transcript.end - 1)
    one, two = transcript.feature(first), transcript.feature(last)
    if one == two:
        return (one,) if one and first <= last else ()
    found: dict[Feature, None] = {}
    for offset in (first, *(e.start for e in transcript.exons), *(e.end for e in transcript.exons), last):
        feature = transcript.feature(offset) if first <= offset <= last else None
        if feature:
            found.setdefault(feature)
    return tuple(sorted(found, key=lambda f: (f.number, f.kind.value)))
