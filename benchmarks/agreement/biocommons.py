"""Names by biocommons hgvs, over the embedded reference instead of its databases.

Its habits that must be known to ask it rightly:

- the exons are to be given in genomic order, whatever its documentation says;
- a description of a gene on the minus strand is to be moved to its lowest coordinate before it is projected, since
  intronic descriptions are not moved afterwards (its issues 463 and 749);
- positions outside the transcript raise unless `strict_bounds` is off;
- an insertion at the border of an exon counts as intronic unless `ins_at_boundary_is_intronic` is off.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import hgvs
from hgvs.assemblymapper import AssemblyMapper
from hgvs.dataproviders.interface import Interface
from hgvs.edit import NARefAlt
from hgvs.exceptions import HGVSError
from hgvs.location import Interval, SimplePosition
from hgvs.normalizer import Normalizer
from hgvs.posedit import PosEdit
from hgvs.sequencevariant import SequenceVariant

from benchmarks.agreement.alleles import Allele
from foxp3_annot.gene import GeneModel

VERSION: str = hgvs.__version__


class _Provider(Interface):  # type: ignore[misc]
    """What biocommons hgvs asks its databases, answered from one transcript and its window."""

    required_version = "1.1"

    def __init__(self, model: GeneModel) -> None:
        self.model, self.transcript = model, model.transcript
        self.url = "the embedded reference"
        super().__init__()

    def data_version(self) -> str:
        return "1.1"

    def schema_version(self) -> str:
        return "1.1"

    def get_seq(self, ac: str, start_i: int | None = None, end_i: int | None = None) -> str:
        if ac == self.transcript.accession:
            return self.transcript.mrna[start_i:end_i]
        window = self.model.window
        if ac != self.model.assembly.accession or start_i is None or end_i is None:
            raise KeyError(ac)
        inside = max(start_i + 1, window.start), min(end_i, window.end)
        return self.model.reference.fetch(*inside) if inside[0] <= inside[1] else ""

    def get_assembly_map(self, _: str) -> dict[str, str]:
        return {self.model.assembly.accession: "X"}

    def get_pro_ac_for_tx_ac(self, _: str) -> str:
        return self.transcript.protein_accession

    def get_tx_identity_info(self, tx_ac: str) -> dict[str, Any]:
        start, end = self.transcript.coding_mrna
        return {
            "tx_ac": tx_ac,
            "alt_ac": tx_ac,
            "alt_aln_method": "transcript",
            "cds_start_i": start,
            "cds_end_i": end,
            "lengths": [len(exon) for exon in self.transcript.exons],
            "hgnc": "FOXP3",
            "translation_table": "standard",
        }

    def get_tx_info(self, tx_ac: str, alt_ac: str, alt_aln_method: str) -> dict[str, Any]:
        return self.get_tx_identity_info(tx_ac) | {"alt_ac": alt_ac, "alt_aln_method": alt_aln_method}

    def get_tx_mapping_options(self, tx_ac: str) -> list[dict[str, str]]:
        return [{"tx_ac": tx_ac, "alt_ac": self.model.assembly.accession, "alt_aln_method": "splign"}]

    def get_tx_exons(self, tx_ac: str, alt_ac: str, alt_aln_method: str) -> list[dict[str, Any]]:
        rows, done = [], 0
        for exon in self.transcript.exons:
            low = min(self.transcript.position(exon.start), self.transcript.position(exon.end - 1))
            rows.append(
                {
                    "hgnc": "FOXP3",
                    "tx_ac": tx_ac,
                    "alt_ac": alt_ac,
                    "alt_aln_method": alt_aln_method,
                    "alt_strand": -1,
                    "ord": exon.number - 1,
                    "tx_start_i": done,
                    "tx_end_i": done + len(exon),
                    "alt_start_i": low - 1,
                    "alt_end_i": low - 1 + len(exon),
                    "cigar": f"{len(exon)}=",
                }
            )
            done += len(exon)
        return rows[::-1]

    def _no_answer(self, *_: object) -> None:
        return None

    get_acs_for_protein_seq = get_gene_info = get_similar_transcripts = _no_answer
    get_tx_for_gene = get_tx_for_region = _no_answer


class Biocommons:
    """The program, asked for names on one build."""

    def __init__(self, model: GeneModel) -> None:
        hgvs.global_config.mapping.strict_bounds = False
        hgvs.global_config.mapping.ins_at_boundary_is_intronic = False
        self._model = model
        provider = _Provider(model)
        self._downward = Normalizer(provider, shuffle_direction=5)
        self._upward = Normalizer(provider, shuffle_direction=3)
        self._mapper = AssemblyMapper(
            provider,
            assembly_name=model.assembly.label,
            alt_aln_method="splign",
            in_par_assume="X",
            prevalidation_level=None,
        )

    def names(self, allele: Allele) -> tuple[str, str, str]:
        """The g., c. and p. name, without accessions; `!` and the kind of error where it gives none."""
        plain = self._plain(allele)
        named_g = str(self._upward.normalize(plain)).partition(":")[2]
        try:
            coding = self._mapper.g_to_c(self._downward.normalize(plain), self._model.transcript.accession)
            named_c = str(coding).partition(":")[2]
        except HGVSError as error:
            return named_g, f"!{type(error).__name__}", f"!{type(error).__name__}"
        try:
            return named_g, named_c, str(self._mapper.c_to_p(coding)).partition(":")[2]
        except (HGVSError, NotImplementedError) as error:
            return named_g, named_c, f"!{type(error).__name__}"

    def _plain(self, allele: Allele) -> SequenceVariant:
        first, last = allele.start, allele.start + len(allele.ref) - 1
        if not allele.ref:
            first, last = allele.start - 1, allele.start
        edit = NARefAlt(ref=allele.ref or None, alt=allele.alt or None)
        place = Interval(start=SimplePosition(first), end=SimplePosition(last))
        return SequenceVariant(self._model.assembly.accession, "g", PosEdit(place, edit))


def names(model: GeneModel, alleles: Iterable[Allele]) -> Iterator[tuple[Allele, tuple[str, str, str]]]:
    """Every allele with the names that biocommons hgvs gives it."""
    program = Biocommons(model)
    for allele in alleles:
        yield allele, program.names(allele)
