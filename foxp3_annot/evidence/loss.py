"""PVS1: what a variant does to the message, by the decision tree and the table of exons."""

from collections.abc import Iterable, Sequence

from foxp3_annot.acmg_rules import AcmgRules
from foxp3_annot.callset import StructuralAllele
from foxp3_annot.consequence import Consequence
from foxp3_annot.criteria import Criterion, Strength
from foxp3_annot.effect import destroyed_sites
from foxp3_annot.evidence.comparators import established, named
from foxp3_annot.evidence.model import Judged, Number, State
from foxp3_annot.evidence.scene import Large, Scene
from foxp3_annot.gene import LandmarkKind
from foxp3_annot.protein import STOP, translate_until_stop
from foxp3_annot.transcript import Exon, Transcript


def pvs1(scene: Scene) -> Judged:
    """The strongest of what a variant does to the message; what RNA showed goes before what is predicted."""
    told = scene.rules.observed_rna.get(scene.curated.id) if scene.curated else None
    if told:
        sentence = f"Seen in RNA: {told.why}."
        if told.strength:
            return scene.met(Criterion.PVS1, told.strength, sentence, sources=told.sources)
        return scene.other(Criterion.PVS1, State.NOT_MET, sentence, sources=told.sources)
    found = [one for one in (_by_sites(scene), _by_start(scene), _by_stop(scene), _by_signal(scene)) if one]
    met = [one for one in found if one.strength]
    if met:
        return max(met, key=lambda one: one.points)
    if found:
        return found[0]
    return scene.other(
        Criterion.PVS1,
        State.NOT_APPLICABLE,
        "It neither stops the protein early nor destroys a start codon, a splice site or the poly(A) signal.",
    )


def _isoform_note(scene: Scene, exons: Iterable[int]) -> tuple[str, tuple[str, ...]]:
    """What must be said where only the exon is met that one isoform lacks."""
    if set(exons) != {3}:
        return "", ()
    text, sources = scene.rules.notes["isoform"]
    return f" {text}", sources


def _by_sites(scene: Scene) -> Judged | None:
    """By the table of exons, where canonical splice sites are destroyed."""
    edit = scene.transcript.edit_of(scene.annotation.variant)
    numbers = destroyed_sites(scene.transcript, edit)
    if not numbers:
        return None
    rule = max((scene.rules.exons[number] for number in numbers), key=lambda one: one.splice.rank)
    note, sources = _isoform_note(scene, numbers)
    sentence = f"A canonical splice site of exon {rule.exon} is destroyed. If the exon is lost: {rule.why}.{note}"
    return scene.met(Criterion.PVS1, rule.splice, sentence, ("exon", rule.exon), sources=(*rule.sources, *sources))


def _by_start(scene: Scene) -> Judged | None:
    if Consequence.START_LOST not in scene.annotation.consequences:
        return None
    rule = scene.rules[Criterion.PVS1]
    start = rule.numbers["next_start"]
    comparator = established(scene, 2, start - 1, missense=False)
    before = (
        f"Before it lies {named(comparator)}."
        if comparator
        else "No variant called pathogenic or likely pathogenic lies before it."
    )
    return scene.met(
        Criterion.PVS1,
        rule.strength("start_lost" if comparator else "start_lost_without_comparator"),
        f"The start codon is lost; the next one in frame is that of residue {start}. {before}",
        ("next_start", start),
        comparator=comparator,
    )


def _by_stop(scene: Scene) -> Judged | None:
    """Where translation ends elsewhere: by whether the message is expected to decay, and by what is lost."""
    terms, change = scene.annotation.consequences, scene.annotation.effect.protein_change
    if change is None or not {Consequence.STOP_GAINED, Consequence.FRAMESHIFT} & set(terms):
        return None
    rule = scene.rules[Criterion.PVS1]
    length = len(scene.transcript.protein) - 1
    exons = [feature.gene_number for feature in scene.annotation.features]
    note, sources = _isoform_note(scene, exons)
    junction = _last_junction(scene)
    if change.stop is not None and 3 * change.stop <= junction - rule.numbers["escape_bases"]:
        before = junction - 3 * change.stop
        sentence = (
            f"The new stop is codon {change.stop}, {before} bases before the last junction of exons; beyond "
            f"{rule.numbers['escape_bases']} the message is expected to decay.{note}"
        )
        numbers: tuple[tuple[str, Number], ...] = (("stop", change.stop), ("bases_before_junction", before))
        return scene.met(Criterion.PVS1, rule.strength("decay"), sentence, *numbers, sources=sources)
    share = (length - change.first + 1) / length
    comparator = established(scene, change.first, length, missense=True)
    critical = comparator is not None or share > rule.numbers["greatest_loss"]
    where = f"the new stop is codon {change.stop}" if change.stop else "no stop is reached"
    lost = f"residues {change.first} to {length} ({share:.1%} of the protein)"
    reason = (
        f"There lies {named(comparator)}."
        if comparator
        else "No missense variant called pathogenic or likely pathogenic lies there."
    )
    return scene.met(
        Criterion.PVS1,
        rule.strength("escape_critical" if critical else "escape_small"),
        f"Decay of the message is not expected: {where}. Lost or changed are {lost}. {reason}{note}",
        ("first_residue_lost", change.first),
        ("share_lost", round(share, 3)),
        comparator=comparator,
        sources=sources,
    )


def _last_junction(scene: Scene) -> int:
    """Coding bases before the last junction of exons in the changed message."""
    transcript = scene.transcript
    last = transcript.exons[-1].start
    edit = transcript.edit_of(scene.annotation.variant)
    gain = len(edit.alt) - len(edit.ref) if edit.start < last else 0
    return transcript.mrna_index(last) - transcript.coding_mrna[0] + gain


def _by_signal(scene: Scene) -> Judged | None:
    """Vital landmarks outside the coding sequence that are no canonical splice site."""
    kinds = {mark.kind for mark in scene.annotation.landmarks}
    rule = scene.rules[Criterion.PVS1]
    if LandmarkKind.POLYA_SIGNAL in kinds:
        text, sources = scene.rules.notes["polya"]
        return scene.met(
            Criterion.PVS1, rule.strength("polya_signal"), f"The poly(A) signal is changed. {text}", sources=sources
        )
    if LandmarkKind.EXON1_DONOR in kinds:
        return scene.other(
            Criterion.PVS1,
            State.NOT_MET,
            "It lies in the donor site of exon 1, but not in its two canonical bases; that asks for RNA or SpliceAI.",
        )
    return None


def pvs1_of_structure(scene: Scene) -> Judged:
    """By the table of exons for a deletion, by the frame for a duplication; other kinds are not judged."""
    assert scene.large is not None
    kind, annotation = scene.large.allele.kind, scene.large.annotation
    if kind == "DEL":
        return _pvs1_of_deletion(scene, scene.large)
    if kind != "DUP":
        return scene.other(Criterion.PVS1, State.NOT_TOLD, f"What a variant of the type {kind} does is not judged.")
    exons = scene.large.model.transcript.exons
    whole = [exon for exon in exons if exon.gene_number in annotation.whole_exons]
    if not whole or annotation.exons != annotation.whole_exons or {exons[0], exons[-1]} & set(whole):
        return scene.other(
            Criterion.PVS1,
            State.NOT_MET,
            "The duplication does not hold whole inner exons alone, so a normal copy of the gene can be left.",
        )
    bases = sum(_coding_bases(scene.large.model.transcript, exon) for exon in whole)
    if bases % 3 == 0:
        return scene.other(
            Criterion.PVS1, State.NOT_MET, f"{bases} coding bases are doubled; if in tandem, the frame is kept."
        )
    return scene.met(
        Criterion.PVS1,
        scene.rules[Criterion.PVS1].strength("duplication_out_of_frame"),
        f"{bases} coding bases are doubled. In tandem, which is presumed and not shown, that loses the frame.",
        ("coding_bases", bases),
    )


def _pvs1_of_deletion(scene: Scene, large: Large) -> Judged:
    rules, rule = scene.rules, scene.rules[Criterion.PVS1]
    transcript, annotation = large.model.transcript, large.annotation
    if len(annotation.whole_exons) == len(transcript.exons):
        return scene.met(Criterion.PVS1, rule.strength("gene_lost"), "The whole gene is lost.")
    lost = [exon for exon in transcript.exons if exon.gene_number in annotation.whole_exons]
    partial = [
        exon
        for exon in transcript.exons
        if exon.gene_number in annotation.exons and exon not in lost and _loses_site(transcript, exon, large.allele)
    ]
    if not lost and not partial:
        return _pvs1_within_exon(scene, large)
    strength, why, sources = _loss_of(rules, transcript, [*lost, *partial])
    names = _exon_names([*lost, *partial])
    note, more = _isoform_note(scene, [exon.gene_number for exon in (*lost, *partial)])
    unsure = ""
    if partial:
        strength = min(strength, Strength.STRONG, key=lambda one: one.rank)
        unsure = (
            f" Of {_exon_names(partial)} a part stays, so that the frame is not sure; it counts no more than strong."
        )
    return scene.met(Criterion.PVS1, strength, f"{names} lost: {why}.{unsure}{note}", sources=(*sources, *more))


def _exon_names(exons: Sequence[Exon]) -> str:
    numbers = sorted(exon.gene_number for exon in exons)
    return f"{'Exon' if len(numbers) == 1 else 'Exons'} {', '.join(map(str, numbers))}"


def _loses_site(transcript: Transcript, exon: Exon, allele: StructuralAllele) -> bool:
    """Whether a deletion runs over an end of an exon into the intron beside it."""
    ends = sorted((transcript.offset(allele.start), transcript.offset(allele.end)))
    before, after = exon is not transcript.exons[0], exon is not transcript.exons[-1]
    return (before and ends[0] < exon.start <= ends[1]) or (after and ends[0] < exon.end <= ends[1])


def _pvs1_within_exon(scene: Scene, large: Large) -> Judged:
    signal = any(
        mark.kind is LandmarkKind.POLYA_SIGNAL
        for mark in large.model.landmarks_of(large.allele.start, large.allele.end)
    )
    if signal:
        text, sources = scene.rules.notes["polya"]
        strength = scene.rules[Criterion.PVS1].strength("polya_signal")
        return scene.met(Criterion.PVS1, strength, f"The poly(A) signal is lost. {text}", sources=sources)
    if large.annotation.exons:
        return scene.other(
            Criterion.PVS1, State.NOT_TOLD, "It takes a part of one exon; give its bases, so that the frame is known."
        )
    return scene.other(Criterion.PVS1, State.NOT_APPLICABLE, "No exon and no poly(A) signal is lost.")


def _loss_of(rules: AcmgRules, transcript: Transcript, lost: Sequence[Exon]) -> tuple[Strength, str, tuple[str, ...]]:
    """How strongly the loss of exons counts, and why: a single one by the table, several by what becomes of them."""
    table = [rules.exons[exon.gene_number] for exon in lost]
    if len(lost) == 1:
        return table[0].lost, table[0].why, table[0].sources
    rule = rules[Criterion.PVS1]
    numbers = {exon.gene_number for exon in lost}
    for one in table:
        if one.exon == 2 or one.exon == transcript.exons[-1].gene_number:
            return one.lost, f"among them exon {one.exon}: {one.why}", one.sources
    bases = sum(_coding_bases(transcript, exon) for exon in lost)
    if bases % 3 == 0:
        share = bases / 3 / (len(transcript.protein) - 1)
        large = share > rule.numbers["greatest_loss"]
        strongest = max(table, key=lambda one: one.lost.rank)
        strength = rule.strength("escape_critical") if large else strongest.lost
        return strength, f"{bases // 3} residues in frame ({share:.1%} of the protein)", strongest.sources
    kept = [exon for exon in transcript.exons if exon.gene_number not in numbers]
    if _decays(transcript, kept, rule.numbers["escape_bases"]):
        return rule.strength("decay"), "the frame is lost, and decay of the message is expected", rule.sources
    return rule.strength("escape_critical"), "the frame is lost, but no decay of the message is expected", rule.sources


def _coding_bases(transcript: Transcript, exon: Exon) -> int:
    return max(min(exon.end, transcript.coding_end) - max(exon.start, transcript.coding_start), 0)


def _decays(transcript: Transcript, kept: Sequence[Exon], escape: int) -> bool:
    """Whether the message of these exons, read from the start codon, stops early enough to decay."""
    message = "".join(transcript.bases[exon.start : exon.end] for exon in kept)
    start = sum(max(min(exon.end, transcript.coding_start) - exon.start, 0) for exon in kept)
    residues = translate_until_stop(message, start)
    junction = sum(len(exon) for exon in kept[:-1]) - start
    return residues.endswith(STOP) and 3 * len(residues) <= junction - escape
