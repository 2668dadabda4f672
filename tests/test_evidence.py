"""The weighing of evidence: points and classes, the comparators, the exon table, and what stands in reports."""

import copy
import json
from collections.abc import Callable, Iterator
from itertools import combinations_with_replacement, product
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from foxp3_annot.acmg_rules import AcmgRules, ExonOutcome, acmg_rules, load_rules
from foxp3_annot.annotation import annotate
from foxp3_annot.annotation_resource import (
    FILTER,
    AlleleTable,
    AnnotationResources,
    Resource,
    ResourceFile,
    Role,
    ValueKind,
)
from foxp3_annot.assembly import Assembly
from foxp3_annot.callset import StructuralAllele
from foxp3_annot.cli import main
from foxp3_annot.consequence import Consequence
from foxp3_annot.criteria import AcmgClass, Criterion, Direction, Strength
from foxp3_annot.description import read_description
from foxp3_annot.errors import ResourceError
from foxp3_annot.evidence import (
    DeNovo,
    FamilyEvidence,
    PhenotypeEvidence,
    State,
    Weighing,
    weigh,
    weigh_structural,
)
from foxp3_annot.hallmark import NMD_DISTANCE
from foxp3_annot.interpretation import described_as
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.pack.vocabulary import Side
from foxp3_annot.report.evidence import rules_page, weighing_values
from foxp3_annot.resources import resource_root, schema_path
from foxp3_annot.structural import annotate_structural
from foxp3_annot.variant import Variant

ROOT = Path(__file__).parents[1]
RULES = resource_root() / "rules" / "acmg.yaml"
CODONS = 432
JUNCTION = 1146
"""The last coding base before the last junction of exons (LRG_62: c.1146+1 begins intron 11)."""


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return Knowledge.shipped()


@pytest.fixture(scope="module")
def rules() -> AcmgRules:
    return acmg_rules()


def weighed(variant: Variant, known: Knowledge, *resources: Resource, **context: Any) -> Weighing:
    described = described_as(annotate(variant, known.gene), known.matcher, AnnotationResources("", resources))
    return weigh(described.annotation, described.match, described.resources, known.gene, known.matcher, **context)


def named(text: str, known: Knowledge) -> Variant:
    (variant,) = read_description(text, known.gene, catalogue=known.catalogue).variants
    return variant


def codes(weighing: Weighing) -> list[str]:
    return [f"{one.criterion.name}_{one.strength.code}" for one in weighing.met if one.strength]


# --- points and classes -------------------------------------------------------------------------------------


def test_every_sum_of_points_has_a_class_and_the_limits_are_those_of_tavtigian(rules: AcmgRules) -> None:
    expected = {10: "pathogenic", 9: "likely_pathogenic", 6: "likely_pathogenic", 5: "uncertain", 0: "uncertain"}
    expected |= {-1: "likely_benign", -6: "likely_benign", -7: "benign", 1000: "pathogenic", -1000: "benign"}
    assert {points: rules.scale.class_of(points).code for points in expected} == expected
    order = list(AcmgClass)
    ranks = [order.index(rules.scale.class_of(points)) for points in range(-300, 301)]
    assert ranks == sorted(ranks, reverse=True)


def test_every_multiset_of_strengths_is_added_up(rules: AcmgRules) -> None:
    """All multisets of up to seven criteria over the eight directed strengths: 6,434 sums recomputed by hand."""
    worth = {"supporting": 1, "moderate": 2, "strong": 4, "very_strong": 8}
    signed = [
        (criterion, strength, sign * worth[strength.code])
        for criterion, sign in ((Criterion.PVS1, 1), (Criterion.BS1, -1))
        for strength in list(Strength)[:4]
    ]
    seen = 0
    for size in range(8):
        for chosen in combinations_with_replacement(signed, size):
            points, cls = rules.scale.weighed((criterion, strength) for criterion, strength, _ in chosen)
            total = sum(worth for _, _, worth in chosen)
            assert points == total
            tier = 0 if total >= 10 else 1 if total >= 6 else 2 if total >= 0 else 3 if total >= -6 else 4
            assert cls is list(AcmgClass)[tier]
            seen += 1
    assert seen == 6435


def test_more_evidence_for_never_lowers_a_class(rules: AcmgRules) -> None:
    order = list(AcmgClass)
    for points, strength in product(range(-20, 21), list(Strength)[:4]):
        up = points + rules.scale.points_of(Direction.PATHOGENIC, strength)
        down = points + rules.scale.points_of(Direction.BENIGN, strength)
        here = order.index(rules.scale.class_of(points))
        assert order.index(rules.scale.class_of(up)) <= here <= order.index(rules.scale.class_of(down))


def test_what_stands_alone_is_benign_whatever_else_is_met(rules: AcmgRules) -> None:
    alone = (Criterion.BA1, Strength.STAND_ALONE)
    for strength in list(Strength)[:4]:
        assert rules.scale.weighed([alone, (Criterion.PVS1, strength)])[1] is AcmgClass.BENIGN


# --- the rules as data --------------------------------------------------------------------------------------


def test_every_source_of_the_rules_is_known(rules: AcmgRules, known: Knowledge) -> None:
    keys = {key for rule in rules.rules.values() for key in rule.sources}
    keys |= {key for exon in rules.exons.values() for key in exon.sources}
    keys |= {key for told in (*rules.observed_rna.values(), *rules.healthy.values()) for key in told.sources}
    keys |= {key for region in rules.regions for key in region.sources}
    keys |= {key for _, sources in rules.notes.values() for key in sources}
    assert keys <= set(rules.sources) | set(known.catalogue.citations)
    assert not set(rules.sources) & set(known.catalogue.citations)
    assert set(rules.sources) == (keys | set(rules.scale_sources)) & set(rules.sources)


def test_every_variant_that_the_rules_name_is_in_the_table(rules: AcmgRules, known: Knowledge) -> None:
    ids = {one.id for one in known.catalogue.variants}
    assert {*rules.observed_rna, *rules.healthy} <= ids


def test_every_experiment_of_the_table_is_of_one_kind(rules: AcmgRules, known: Knowledge) -> None:
    rows = [row for one in known.catalogue.variants for row in one.functional]
    rows += [row for said in known.catalogue.said_elsewhere for row in said.functional]
    assert {row.assay for row in rows if not rules.assay_kind(row.assay)} == set()
    assert len(rows) == 38


def test_the_page_is_printed_from_the_rules() -> None:
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    assert rules_page() in page


def _broken(change: Callable[[dict[str, Any]], None], folder: Path) -> Path:
    values = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    change(values)
    path = folder / "acmg.yaml"
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v["criteria"].pop("PM3"),
        lambda v: v["points"].update(strong=1),
        lambda v: v["points"].pop("moderate"),
        lambda v: v["classes"].reverse(),
        lambda v: v["classes"][1].update(least=11),
        lambda v: v["criteria"]["PVS1"]["exons"].pop(4),
        lambda v: v["criteria"]["PVS1"]["numbers"].pop("escape_bases"),
        lambda v: v["criteria"]["PVS1"]["exons"][3].update(splice="enormous"),
        lambda v: v["criteria"]["PP3"]["numbers"]["revel"].update(supporting=0.99),
        lambda v: v["criteria"]["BP5"].pop("fact"),
        lambda v: v["criteria"]["PP2"].update(sources=[]),
        lambda v: v["criteria"]["PM1"]["regions"][0].update(last=1),
        lambda v: v["sources"][0].update(read="skimmed"),
        lambda v: v.pop("statement"),
    ],
)
def test_unsound_rules_are_refused(change: Callable[[dict[str, Any]], None], tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="not a sound set of rules"):
        load_rules(_broken(change, tmp_path))


def test_the_rules_written_out_again_are_the_same(tmp_path: Path, rules: AcmgRules) -> None:
    again = load_rules(_broken(lambda values: values.update(version="1"), tmp_path))
    assert (again.rules, again.exons, again.scale) == (rules.rules, rules.exons, rules.scale)


# --- hand-written expectations ------------------------------------------------------------------------------


@pytest.mark.cases("acmg_expected.tsv")
def test_a_weighing_is_what_the_published_rules_give(case: dict[str, str], known: Knowledge) -> None:
    found = weighed(named(case["variant"], known), known)
    assert " ".join(codes(found)) == case["criteria"]
    assert (found.points, found.cls.code) == (int(case["points"]), case["class"])


def test_a_curated_variant_is_weighed_alike_on_both_builds(known: Knowledge) -> None:
    for curated in known.catalogue.variants:
        one, two = (weighed(curated.alleles[assembly], known) for assembly in Assembly)
        assert one == two


def test_each_of_the_criteria_is_judged_once_with_sentence_and_source(known: Knowledge) -> None:
    for curated in known.catalogue.variants:
        found = weighed(curated.alleles[Assembly.GRCH38], known)
        assert [one.criterion for one in found.criteria] == list(Criterion)
        for one in found.criteria:
            assert one.sentence.endswith(".") and one.sources
            assert (one.state is State.MET) is (one.strength is not None)
        assert found.points == sum(one.points for one in found.criteria)


def test_what_others_call_it_is_never_counted(known: Knowledge) -> None:
    """The same rows without any class, with cases and experiments kept, give the same points."""
    for curated in known.catalogue.variants:
        found = weighed(curated.alleles[Assembly.GRCH38], known)
        assert found.of(Criterion.PP5).state is found.of(Criterion.BP6).state is State.NOT_APPLICABLE
        assert [one.assigner for one in found.published] == [said.assigner for said in curated.assertions]
    only_called = [
        one
        for one in known.catalogue.variants
        if not one.cases and not one.functional and not any(said.families for said in one.assertions)
    ]
    for curated in only_called:
        found = weighed(curated.alleles[Assembly.GRCH38], known)
        assert {one.criterion for one in found.met}.isdisjoint({Criterion.PS3, Criterion.BS3, Criterion.PS4})


# --- every substitution -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def substitutions(known: Knowledge) -> list[tuple[int, Variant, Weighing]]:
    """Each of the three changes of each of the 1,296 coding bases, with the number of the base."""
    model = known.gene.on(Assembly.GRCH38)
    transcript, reference = model.transcript, model.reference
    found = []
    for exon in transcript.exons:
        for offset in range(max(exon.start, transcript.coding_start), min(exon.end, transcript.coding_end)):
            position = transcript.position(offset)
            base = reference.fetch(position, position)
            number = transcript.mrna_index(offset) - transcript.coding_mrna[0] + 1
            for other in "ACGT".replace(base, ""):
                variant = Variant.of(reference, position, base, other)
                found.append((number, variant, weighed(variant, known)))
    return found


def test_comparators_are_missense_and_another_variant(
    substitutions: list[tuple[int, Variant, Weighing]], known: Knowledge
) -> None:
    assert len(substitutions) == 3888
    by_id = {one.id: one for one in known.catalogue.variants}
    met = 0
    for number, variant, found in substitutions:
        annotation = annotate(variant, known.gene)
        for criterion in (Criterion.PS1, Criterion.PM5):
            judged = found.of(criterion)
            if not judged.is_met:
                continue
            met += 1
            other = judged.comparator
            assert other is not None
            allele = by_id[other.id].alleles[Assembly.GRCH38]
            there = annotate(allele, known.gene)
            assert other.consequence == "missense_variant" and there.most_severe is Consequence.MISSENSE
            assert annotation.most_severe is Consequence.MISSENSE
            assert allele != variant
            assert by_id[other.id].classification.side is Side.DISEASE
            assert "Ter" not in other.hgvs_p
            assert there.residues == annotation.residues == ((number + 2) // 3,) * 2
            assert (there.hgvs_p == annotation.hgvs_p) is (criterion is Criterion.PS1)
            for one in (annotation, there):
                assert not any("splice" in term.term for term in one.consequences)
        assert not (found.of(Criterion.PS1).is_met and found.of(Criterion.PM5).is_met)
    assert met > 100


def test_every_premature_stop_decays_up_to_the_bound(
    substitutions: list[tuple[int, Variant, Weighing]], known: Knowledge
) -> None:
    """A stop whose last base lies more than 49 bases before the last junction: codon 365, and none after it."""
    seen = set()
    for number, variant, found in substitutions:
        annotation = annotate(variant, known.gene)
        if annotation.most_severe is not Consequence.STOP_GAINED:
            continue
        codon = (number + 2) // 3
        seen.add(codon)
        strength = found.of(Criterion.PVS1).strength
        if JUNCTION - 3 * codon >= 50:
            assert strength is Strength.VERY_STRONG and codon <= 365
        else:
            assert codon > 365
            assert strength is (Strength.STRONG if codon <= 408 else Strength.MODERATE)
    assert max(seen) > 408 and min(seen) < 20


def _stop_at(codon: int, known: Knowledge) -> Variant:
    """The codon written as TAA."""
    transcript = known.gene.on(Assembly.GRCH38).transcript
    start = 3 * (codon - 1) + transcript.coding_mrna[0]
    offset = next(
        exon.start + start - transcript.mrna_index(exon.start)
        for exon in reversed(transcript.exons)
        if transcript.mrna_index(exon.start) <= start
    )
    low, high = transcript.stretch(offset, offset + 3)
    reference = transcript.reference
    return Variant.of(reference, low, reference.fetch(low, high), "TTA")


def test_a_stop_at_every_codon_within_an_exon(known: Knowledge) -> None:
    transcript = known.gene.on(Assembly.GRCH38).transcript
    starts = [transcript.mrna_index(exon.start) - transcript.coding_mrna[0] for exon in transcript.exons[2:]]
    across = {start // 3 + 1 for start in starts if start % 3}
    tried = 0
    for codon in range(2, CODONS):
        if codon in across:
            continue
        judged = weighed(_stop_at(codon, known), known).of(Criterion.PVS1)
        expected = Strength.VERY_STRONG if codon <= 365 else Strength.STRONG if codon <= 408 else Strength.MODERATE
        assert judged.strength is expected, codon
        tried += 1
    assert tried == CODONS - 2 - len(across)


def test_every_lost_base_is_judged_by_where_the_new_stop_lies(known: Knowledge) -> None:
    """Each coding base deleted, with the message and its stop worked out anew from the plain sequence."""
    model = known.gene.on(Assembly.GRCH38)
    transcript = model.transcript
    message = transcript.mrna[transcript.coding_mrna[0] :]
    seen: set[Variant] = set()
    decaying = escaping = 0
    for exon in transcript.exons[1:]:
        for offset in range(max(exon.start, transcript.coding_start + 3), min(exon.end, transcript.coding_end - 3)):
            low, high = sorted((transcript.position(offset), transcript.position(offset - 1)))
            anchored = model.reference.fetch(low, high)
            variant = Variant.of(model.reference, low, anchored, anchored[transcript.position(offset) == low])
            annotation = annotate(variant, known.gene)
            if variant in seen or annotation.most_severe is not Consequence.FRAMESHIFT:
                continue
            seen.add(variant)
            number = transcript.mrna_index(offset) - transcript.coding_mrna[0]
            changed = message[:number] + message[number + 1 :]
            codons = [changed[i : i + 3] for i in range(0, len(changed) - 2, 3)]
            stop = next((i + 1 for i, codon in enumerate(codons) if codon in ("TAA", "TAG", "TGA")), None)
            junction = JUNCTION - (number < JUNCTION)
            strength = weighed(variant, known).of(Criterion.PVS1).strength
            if stop is not None and junction - 3 * stop >= 50:
                assert strength is Strength.VERY_STRONG, annotation.hgvs_c
                decaying += 1
            else:
                assert strength in (Strength.STRONG, Strength.MODERATE), annotation.hgvs_c
                escaping += 1
    assert decaying > 500 and escaping > 100


# --- the table of exons -------------------------------------------------------------------------------------


def test_the_table_of_exons_is_what_the_sequence_says(rules: AcmgRules, known: Knowledge) -> None:
    """Recomputed from the sequence: frame, and where translation then stops."""
    transcript = known.gene.on(Assembly.GRCH38).transcript
    stops = ("TAA", "TAG", "TGA")
    for left_out in transcript.exons:
        outcome = rules.exons[left_out.gene_number].outcome
        kept = [exon for exon in transcript.exons if exon is not left_out]
        coding = [
            transcript.bases[max(exon.start, transcript.coding_start) : exon.end]
            for exon in kept
            if exon.end > transcript.coding_start
        ]
        if left_out.gene_number in (1, 2, 12):
            expected = [ExonOutcome.NOT_CODING, ExonOutcome.START_LOST, ExonOutcome.LAST]
            assert outcome is expected[(1, 2, 12).index(left_out.gene_number)]
        elif len(left_out) % 3 == 0:
            assert outcome is ExonOutcome.IN_FRAME
        else:
            message = "".join(coding)
            end = next(i + 3 for i in range(0, len(message), 3) if message[i : i + 3] in stops)
            junction = len("".join(coding[:-1]))
            assert outcome is (ExonOutcome.DECAY if junction - end >= 50 else ExonOutcome.ESCAPE)
    in_frame = {number for number, one in rules.exons.items() if one.outcome is ExonOutcome.IN_FRAME}
    assert in_frame == {3, 6, 8, 11}


def test_every_canonical_splice_base_counts_as_its_exon(rules: AcmgRules, known: Knowledge) -> None:
    model = known.gene.on(Assembly.GRCH38)
    transcript = model.transcript
    sites = 0
    for number, (start, end) in enumerate(transcript.introns, start=1):
        for offset, exon in ((start, number), (start + 1, number), (end - 2, number + 1), (end - 1, number + 1)):
            position = transcript.position(offset)
            base = model.reference.fetch(position, position)
            for other in "ACGT".replace(base, ""):
                variant = Variant.of(model.reference, position, base, other)
                judged = weighed(variant, known).of(Criterion.PVS1)
                assert judged.strength is rules.exons[exon].splice, (number, offset)
                assert f"exon {exon} " in judged.sentence
                sites += 1
    assert sites == 11 * 4 * 3


def test_decay_is_expected_from_one_bound_on(rules: AcmgRules) -> None:
    """The hallmarks and the criteria must not contradict each other."""
    assert rules[Criterion.PVS1].numbers["escape_bases"] == NMD_DISTANCE


def test_exon_3_carries_its_note_and_no_other_exon_does(known: Knowledge) -> None:
    for text, noted in (("c.264del", True), ("c.315+1G>A", True), ("c.142C>T", False), ("c.1009C>T", False)):
        sentence = weighed(named(text, known), known).of(Criterion.PVS1).sentence
        assert ("NM_001114377.1" in sentence) is noted


# --- large variants -----------------------------------------------------------------------------------------


def large(kind: str, start: int, end: int, known: Knowledge, **context: Any) -> Weighing:
    model = known.gene.on(Assembly.GRCH38)
    allele = StructuralAllele(kind, start, end)
    return weigh_structural(
        allele, annotate_structural(allele, model), None, model, known.gene, known.matcher, **context
    )


@pytest.mark.parametrize(
    ("kind", "start", "end", "strength"),
    [
        ("DEL", 49250000, 49265000, "very_strong"),  # the whole gene
        ("DEL", 49264600, 49264800, "strong"),  # exon 1 and its promoter side
        ("DEL", 49257400, 49257580, "very_strong"),  # exon 4, 139 bases
        ("DEL", 49256700, 49256900, "moderate"),  # exon 6, 105 bases
        ("DEL", 49255400, 49255520, "strong"),  # exon 8, leucine zipper
        ("DEL", 49253900, 49254080, "strong"),  # exon 9: the stop escapes decay
        ("DEL", 49256700, 49257030, "very_strong"),  # exons 5 and 6, 193 bases
        ("DEL", 49253100, 49254080, "strong"),  # exons 9 and 10, 228 bases: 76 residues in frame, 18 %
        ("DEL", 49250300, 49251500, "strong"),  # exon 12 with the poly(A) signal
        ("DEL", 49250440, 49250470, "moderate"),  # the poly(A) signal alone
        ("DEL", 49255400, 49257500, "strong"),  # exons 5 to 8 and a part of exon 4: the frame is not sure
        ("DEL", 49251500, 49251600, None),  # intron 11
        ("DEL", 49251690, 49251700, None),  # within exon 11
        ("DUP", 49257400, 49257580, "strong"),  # exon 4, presumed in tandem
        ("DUP", 49256700, 49256900, None),  # exon 6, in frame
        ("DUP", 49250000, 49265000, None),  # the whole gene
        ("DUP", 49264600, 49264800, None),  # exon 1: a normal copy stays
        ("INV", 49253100, 49257030, None),
    ],
)
def test_large_variants_go_by_the_same_table(
    kind: str, start: int, end: int, strength: str | None, known: Knowledge
) -> None:
    judged = large(kind, start, end, known).of(Criterion.PVS1)
    assert (judged.strength.code if judged.strength else None) == strength


def test_the_reported_upstream_deletion_is_likely_pathogenic(known: Knowledge) -> None:
    """Exon 1 lost (strong), suppression by cells of patients reduced, one family: 4 + 1 + 1 points."""
    model = known.gene.on(Assembly.GRCH38)
    (structure,) = known.catalogue.structures
    start, end = structure.inner[Assembly.GRCH38] or (0, 0)
    allele = StructuralAllele("DEL", start, end)
    found = weigh_structural(allele, annotate_structural(allele, model), structure, model, known.gene, known.matcher)
    assert codes(found) == ["PVS1_strong", "PS3_supporting", "PS4_supporting"]
    assert found.cls is AcmgClass.LIKELY_PATHOGENIC


# --- resources of the user's --------------------------------------------------------------------------------


def resource(variant: Variant, kinds: list[tuple[Role, Any]], *, filters: str = "") -> Resource:
    """A resource that knows one variant, with one value of each role."""
    row = (*(value for _, value in kinds), filters or None)
    values = tuple(ValueKind(f"v{number}", role, "a value") for number, (role, _) in enumerate(kinds))
    return Resource(
        "people",
        "1",
        Assembly.GRCH38,
        (*values, FILTER),
        ResourceFile("people.vcf.gz", 1, 1, "0"),
        AlleleTable({variant: (row,)}),
    )


def people(count: int, number: int, hemizygotes: int) -> list[tuple[Role, Any]]:
    return [(Role.ALLELE_COUNT, count), (Role.ALLELE_NUMBER, number), (Role.HEMIZYGOTES, hemizygotes)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (people(0, 180_000, 0), ["PM2_supporting"]),
        (people(1, 180_000, 0), ["PM2_supporting"]),
        (people(1, 180_000, 1), ["BS2_supporting"]),
        (people(2, 180_000, 0), []),
        (people(3, 180_000, 0), ["BS1_strong"]),  # interval of 3 in 180,000 from 5.7e-6, above 4e-6
        (people(40, 180_000, 12), ["BS1_strong", "BS2_strong"]),
        (people(20_000, 180_000, 9), ["BA1_stand_alone", "BS1_strong", "BS2_strong"]),
        (people(20, 200, 0), ["BS1_strong"]),  # 10 %, but of fewer than 2,000 alleles
        ([(Role.ALLELE_FREQUENCY, 0.0)], []),
        ([(Role.ALLELE_FREQUENCY, 0.06)], ["BA1_stand_alone"]),
        ([(Role.ALLELE_COUNT, 1)], []),
        ([(Role.SCORE, 0.99)], []),
        ([(Role.TEXT, "x")], []),
    ],
)
def test_population_data(values: list[tuple[Role, Any]], expected: list[str], known: Knowledge) -> None:
    variant = named("c.1191G>A", known)
    found = weighed(variant, known, resource(variant, values))
    assert codes(found) == expected
    if "BA1_stand_alone" in expected:
        assert found.cls is AcmgClass.BENIGN and not found.would_change


def test_a_doubtful_record_counts_neither_way(known: Knowledge) -> None:
    variant = named("c.1191G>A", known)
    found = weighed(variant, known, resource(variant, people(0, 180_000, 0), filters="AC0"))
    assert codes(found) == []
    assert "filter" in found.of(Criterion.PM2).sentence


def test_an_allele_that_is_not_in_population_data_says_that_coverage_was_not_checked(known: Knowledge) -> None:
    variant, other = named("c.1191G>A", known), named("c.1200C>T", known)
    found = weighed(variant, known, resource(other, people(1, 10, 0)))
    assert codes(found) == ["PM2_supporting"]
    assert "was not checked" in found.of(Criterion.PM2).sentence
    assert weighed(variant, known).of(Criterion.PM2).state is State.NOT_TOLD


def test_hemizygous_people_speak_against_counting_patients(known: Knowledge) -> None:
    variant = named("c.1222G>A", known)
    assert "PS4_moderate" in codes(weighed(variant, known))
    found = weighed(variant, known, resource(variant, people(2, 180_000, 1)))
    assert codes(found) == ["PM1_supporting", "BS2_supporting"]


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("c.1193T>C", [(Role.REVEL, 0.95)], ["PP3_strong"]),  # forkhead, yet PM1 not beside a strong PP3
        ("c.1193T>C", [(Role.REVEL, 0.932)], ["PP3_strong"]),
        ("c.1193T>C", [(Role.REVEL, 0.931)], ["PM1_supporting", "PP3_moderate"]),
        ("c.1193T>C", [(Role.REVEL, 0.773)], ["PM1_supporting", "PP3_moderate"]),
        ("c.1193T>C", [(Role.REVEL, 0.644)], ["PM1_supporting", "PP3_supporting"]),
        ("c.1193T>C", [(Role.REVEL, 0.643)], ["PM1_supporting"]),
        ("c.1193T>C", [(Role.REVEL, 0.291)], ["PM1_supporting"]),
        ("c.1193T>C", [(Role.REVEL, 0.29)], ["PM1_supporting", "BP4_supporting"]),
        ("c.1193T>C", [(Role.REVEL, 0.183)], ["PM1_supporting", "BP4_moderate"]),
        ("c.1193T>C", [(Role.REVEL, 0.016)], ["PM1_supporting", "BP4_strong"]),
        ("c.1193T>C", [(Role.REVEL, 0.1), (Role.SPLICEAI, 0.15)], ["PM1_supporting"]),
        ("c.1193T>C", [(Role.REVEL, 0.1), (Role.SPLICEAI, 0.2)], ["PM1_supporting", "PP3_supporting"]),
        ("c.1193T>C", [(Role.SPLICEAI, 0.05)], ["PM1_supporting"]),
        ("c.1191G>A", [(Role.SPLICEAI, 0.1)], ["BP4_supporting", "BP7_supporting"]),
        ("c.1191G>A", [(Role.SPLICEAI, 0.11)], []),
        ("c.1191G>A", [(Role.SPLICEAI, 0.2)], ["PP3_supporting"]),
        ("c.1191G>A", [(Role.REVEL, 0.99)], []),
        ("c.1191G>A", [(Role.SPLICEAI, 0.0), (Role.SPLICEAI, 0.9)], ["PP3_supporting"]),
        ("c.1146+7G>A", [(Role.SPLICEAI, 0.0)], ["BP4_supporting"]),
        ("c.1146+20C>T", [(Role.SPLICEAI, 0.0)], ["BP4_supporting", "BP7_supporting"]),
        ("c.1147-20C>A", [(Role.SPLICEAI, 0.0)], ["BP4_supporting"]),
        ("c.1147-22T>A", [(Role.SPLICEAI, 0.0)], ["BP4_supporting", "BP7_supporting"]),
        ("c.1009C>T", [(Role.SPLICEAI, 0.9), (Role.REVEL, 0.9)], ["PVS1_very_strong"]),
        ("c.816+1G>A", [(Role.SPLICEAI, 0.0)], ["PVS1_strong"]),
    ],
)
def test_predictors(text: str, values: list[tuple[Role, Any]], expected: list[str], known: Knowledge) -> None:
    variant = named(text, known) if ">" not in text else _substitution(text, known)
    assert codes(weighed(variant, known, resource(variant, values))) == expected


def _substitution(text: str, known: Knowledge) -> Variant:
    """A substitution by its c. name; the base that it states is taken from the reference, so that only the place and
    the new base matter here."""
    place, other = text[:-3], text[-1]
    for base in "ACGT":
        if base == other:
            continue
        try:
            return named(f"{place}{base}>{other}", known)
        except Exception as error:
            if "reference" not in str(error) and "has" not in str(error):
                raise
    raise AssertionError(text)


# --- person and family --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "phenotype", "expected"),
    [
        (FamilyEvidence(DeNovo.CONFIRMED), PhenotypeEvidence(), ["PS2_moderate"]),
        (FamilyEvidence(DeNovo.CONFIRMED), PhenotypeEvidence(is_specific=True), ["PS2_strong"]),
        (FamilyEvidence(DeNovo.ASSUMED), PhenotypeEvidence(), ["PM6_supporting"]),
        (FamilyEvidence(DeNovo.ASSUMED), PhenotypeEvidence(is_specific=True), ["PM6_moderate"]),
        (FamilyEvidence(DeNovo.INHERITED), PhenotypeEvidence(), []),
        (FamilyEvidence(meioses=2), PhenotypeEvidence(), []),
        (FamilyEvidence(meioses=3), PhenotypeEvidence(), ["PP1_supporting"]),
        (FamilyEvidence(meioses=4), PhenotypeEvidence(), ["PP1_moderate"]),
        (FamilyEvidence(meioses=5), PhenotypeEvidence(), ["PP1_strong"]),
        (FamilyEvidence(meioses=5, against=1), PhenotypeEvidence(), ["BS4_strong"]),
        (FamilyEvidence(meioses=5, against=0), PhenotypeEvidence(), ["PP1_strong"]),
        (FamilyEvidence(), PhenotypeEvidence(is_specific=True, others_excluded=True), ["PP4_supporting"]),
        (FamilyEvidence(), PhenotypeEvidence(is_specific=True), []),
        (FamilyEvidence(), PhenotypeEvidence(is_specific=True, others_excluded=True, of_carrier=True), []),
        (FamilyEvidence(DeNovo.CONFIRMED), PhenotypeEvidence(is_specific=True, of_carrier=True), ["PS2_moderate"]),
        (FamilyEvidence(), PhenotypeEvidence(is_specific=False, others_excluded=True), []),
        (FamilyEvidence(), PhenotypeEvidence(is_specific=True, other_cause="IL2RA"), ["BP5_supporting"]),
    ],
)
def test_person_and_family(
    family: FamilyEvidence, phenotype: PhenotypeEvidence, expected: list[str], known: Knowledge
) -> None:
    variant = named("c.1191G>A", known)
    assert codes(weighed(variant, known, family=family, phenotype=phenotype)) == expected
    person = large("INV", 49253100, 49257030, known, family=family, phenotype=phenotype)
    assert codes(person) == expected


# --- what would change the class ----------------------------------------------------------------------------


def test_a_fact_that_would_change_the_class_does(known: Knowledge, rules: AcmgRules) -> None:
    """For every curated variant: each fact named gives another class, and one step less of it does not."""
    told = 0
    for curated in known.catalogue.variants:
        found = weighed(curated.alleles[Assembly.GRCH38], known)
        for change in found.would_change:
            has = found.of(change.criterion).points
            worth = rules.scale.points_of(change.criterion.direction, change.strength)
            assert change.points == found.points - has + worth
            assert change.cls is rules.scale.class_of(change.points) is not found.cls
            less = [
                one
                for one in rules[change.criterion].could_be
                if one.rank < change.strength.rank
                and rules.scale.points_of(change.criterion.direction, one) * change.criterion.direction.value
                > has * change.criterion.direction.value
            ]
            for one in less:
                points = found.points - has + rules.scale.points_of(change.criterion.direction, one)
                assert rules.scale.class_of(points) is found.cls
            told += 1
    assert told > 500


def test_a_stop_needs_one_more_fact_to_be_pathogenic(known: Knowledge) -> None:
    found = weighed(named("c.1009C>T", known), known)
    up = {change.criterion.name: change.strength.code for change in found.would_change}
    assert up["PS2"] == up["PP1"] == up["PS4"] == "moderate"
    assert "PM2" not in up  # 8 and 1 are 9 points, still likely pathogenic


# --- in reports ---------------------------------------------------------------------------------------------


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def test_every_sentence_has_an_origin(known: Knowledge, rules: AcmgRules) -> None:
    """Each criterion names its rule and sources that the report can cite; the fact of a change is that of its rule."""
    citations = set(rules.sources) | set(known.catalogue.citations)
    for curated in known.catalogue.variants:
        values = weighing_values(weighed(curated.alleles[Assembly.GRCH38], known))
        for one in values["criteria"]:
            assert one["sources"] and set(one["sources"]) <= citations
            assert set(one["sources"]) >= set(rules[Criterion[one["code"]]].sources)
        for change in values["would_change"]:
            assert rules[Criterion[change["code"]]].fact.split("{")[0] in change["sentence"]
        assert values["rules"] == rules.statement
        assert all(text == text.strip() and "None" not in text for text in _texts(values))


def test_the_published_class_stands_beside_and_a_difference_is_said(known: Knowledge) -> None:
    found = weighed(named("c.1150G>A", known), known)
    assert "The sources say pathogenic; from the facts at hand the rules give uncertain" in found.comparison
    assert "neither replaces the other" in found.comparison
    agreed = weighed(named("c.597C>A", known), known)
    assert agreed.comparison == "The sources say likely pathogenic, as do the rules: likely pathogenic (8 points)."
    assert weighed(named("c.1092C>A", known), known).comparison == "No source that was read gives a class."


def test_weighing_leaves_its_input_as_it_was(known: Knowledge) -> None:
    before = copy.deepcopy(acmg_rules().scale)
    weighed(named("c.1150G>A", known), known)
    assert acmg_rules().scale == before


def test_lookup_tells_it_without_a_person(known: Knowledge) -> None:
    answer = CliRunner().invoke(main, ["lookup", "c.1009C>T"])
    assert answer.exit_code == 0
    assert "by the rules likely pathogenic, 8 points, without person and family" in answer.output
    assert "PVS1 very strong (+8): The new stop is codon 337" in answer.output
    values = json.loads(CliRunner().invoke(main, ["lookup", "c.1009C>T", "--json"]).output)
    schema = json.loads(schema_path("report.schema.json").read_text(encoding="utf-8"))
    acmg = values["variants"][0]["acmg"]
    Draft202012Validator(schema["$defs"]["acmg"] | {"$defs": schema["$defs"]}).validate(acmg)
    keys = {key for one in acmg["criteria"] for key in one["sources"]} | set(acmg["sources"])
    assert keys <= {one["key"] for one in values["citations"]}
    assert acmg == weighing_values(weighed(named("c.1009C>T", known), known))


def test_the_rules_are_printed() -> None:
    answer = CliRunner().invoke(main, ["rules"])
    assert (answer.exit_code, answer.output) == (0, rules_page())
