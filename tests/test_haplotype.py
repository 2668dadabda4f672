"""Alleles that a caller wrote as several records are the one allele that they make together, and no others are."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.simulation import Haplotype, simulate
from foxp3_annot.assembly import Assembly, build_of
from foxp3_annot.callability import AlleleVerdict
from foxp3_annot.catalogue import CuratedVariant
from foxp3_annot.cli import main
from foxp3_annot.coverage import Coverage, CoverageSource, Run
from foxp3_annot.gene import foxp3
from foxp3_annot.genotype import Sex, Zygosity
from foxp3_annot.haplotype import as_written, split_alleles
from foxp3_annot.interpretation import Assessment, Conclusion, Finding, assess, describe
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.readers.vcf import read_call_set
from foxp3_annot.variant import Edit, Variant

ALLELE_OF_A_CASE = "c.1248_1253delinsCT"
MOST_MISMATCHES = 3
"""Decompositions with more substitutions than this are none that an aligner would prefer to a longer gap."""

Record = tuple[int, str, str]


@cache
def knowledge() -> Knowledge:
    return Knowledge.shipped()


def curated(name: str) -> CuratedVariant:
    return next(one for one in knowledge().catalogue.variants if one.name == name)


def longer_ones() -> list[CuratedVariant]:
    """Every curated allele that changes more than one base on either side."""
    return [
        one
        for one in knowledge().catalogue.variants
        if max(map(len, (one.alleles[Assembly.GRCH38].leftmost().ref, one.alleles[Assembly.GRCH38].leftmost().alt))) > 1
    ]


# --- an allele in parts ---------------------------------------------------------------------------------


def record_of(assembly: Assembly, edit: Edit) -> Record:
    """With the base before it where a side is empty, at the place given."""
    if edit.ref and edit.alt:
        return edit.start, edit.ref, edit.alt
    base = foxp3().on(assembly).reference.fetch(edit.start - 1, edit.start - 1)
    return edit.start - 1, base + edit.ref, base + edit.alt


def leftmost(assembly: Assembly, edit: Edit) -> Record:
    """As a caller writes it that puts each record in normal form by itself."""
    reference = foxp3().on(assembly).reference
    moved = Variant.of(reference, edit.start, edit.ref, edit.alt).vcf(reference)
    return moved.start, moved.ref, moved.alt


def substitutions(start: int, ref: str, alt: str) -> list[Edit]:
    return [Edit(start + i, one, two) for i, (one, two) in enumerate(zip(ref, alt, strict=True)) if one != two]


def in_parts(allele: Variant, pad: int = 2) -> Iterator[list[Edit]]:
    """The gap at every place of the allele and `pad` bases around it, with the substitutions that this leaves; and all
    bases deleted beside all new ones inserted."""
    reference = foxp3().on(build_of(allele.assembly)).reference
    before, after = (
        reference.fetch(*ends) for ends in ((allele.start - pad, allele.start - 1), (allele.end + 1, allele.end + pad))
    )
    start, ref, alt = allele.start - pad, before + allele.ref + after, before + allele.alt + after
    gap, shared = abs(len(ref) - len(alt)), min(len(ref), len(alt))
    for at in range(shared + 1) if gap else (0,):
        if len(ref) > len(alt):
            gaps = [Edit(start + at, ref[at : at + gap], "")]
            beside = substitutions(start, ref[:at], alt[:at]) + substitutions(
                start + at + gap, ref[at + gap :], alt[at:]
            )
        else:
            gaps = [Edit(start + at, "", alt[at : at + gap])] if gap else []
            beside = substitutions(start, ref[:at], alt[:at]) + substitutions(start + at, ref[at:], alt[at + gap :])
        if len(beside) <= MOST_MISMATCHES:
            yield gaps + beside
    edit = allele.leftmost()
    if edit.ref and edit.alt:
        yield [Edit(edit.start, edit.ref, ""), Edit(edit.start, "", edit.alt)]
        yield [Edit(edit.start, edit.ref, ""), Edit(edit.end + 1, "", edit.alt)]


def spellings(assembly: Assembly, allele: Variant) -> list[list[Record]]:
    """Each way to write the allele in two or more records: as placed, and each record in normal form."""
    found = []
    for parts in in_parts(allele):
        if len(parts) > 1:
            found += [sorted(spell(assembly, part) for part in parts) for spell in (record_of, leftmost)]
    return [one for i, one in enumerate(found) if one not in found[:i]]


def test_decompositions_of_one_allele_by_hand() -> None:
    """CTCCGT to AG at 49251377 of GRCh38, as bwa mem aligns it, and with the gap first."""
    found = spellings(Assembly.GRCH38, curated(ALLELE_OF_A_CASE).alleles[Assembly.GRCH38])
    assert [(49251377, "C", "A"), (49251378, "T", "G"), (49251378, "TCCGT", "T")] in found
    assert [(49251376, "GCTCC", "G"), (49251381, "G", "A"), (49251382, "T", "G")] in found


# --- files of calls -------------------------------------------------------------------------------------


def assessed(
    folder: Path, assembly: Assembly, calls: Sequence[Sequence[tuple[Record, str]]], sex: Sex, deep: bool = False
) -> list[Assessment]:
    """What one file says of as many people, each with records and their sample columns (GT:PS)."""
    length = {Assembly.GRCH37: 155270560, Assembly.GRCH38: 156040895}[assembly]
    lines = [
        "##fileformat=VCFv4.2",
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">',
        f"##contig=<ID=chrX,length={length}>",
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT" + "".join(f"\t{i}" for i in range(len(calls))),
    ]
    cells: dict[Record, dict[int, str]] = {}
    for index, person in enumerate(calls):
        for record, cell in person:
            cells.setdefault(record, {})[index] = cell
    for record, told in sorted(cells.items()):
        silent = "0:." if sex is Sex.MALE else "0/0:."
        columns = "\t".join(told.get(index, silent) for index in range(len(calls)))
        lines.append(f"chrX\t{record[0]}\t.\t{record[1]}\t{record[2]}\t50\tPASS\t.\tGT:PS\t{columns}")
    path = folder / "calls.vcf"
    path.write_text("\n".join(lines) + "\n")
    known = knowledge()
    call_set = read_call_set(path, path, "calls", known.gene, assembly)
    if deep:
        window = known.gene.on(assembly).window
        seen = Coverage(assembly, CoverageSource.BLOCKS, (Run(window.start, window.end, 60),))
        call_set = replace(call_set, coverage=dict.fromkeys(range(len(calls)), seen))
    described = describe(call_set.variants(), known.gene, known.matcher)
    return [assess(call_set, i, sex, described, known.gene, known.matcher) for i in range(len(calls))]


def whole_of(assessment: Assessment) -> list[Finding]:
    return [one for one in assessment.findings if one.members]


def allele_found(assessment: Assessment, allele: Variant) -> Finding | None:
    return next((one for one in assessment.findings if one.annotation.variant == allele), None)


@pytest.mark.parametrize("assembly", Assembly)
def test_every_curated_allele_in_parts_is_that_allele(assembly: Assembly, tmp_path: Path) -> None:
    """Whatever way its parts are written: hemizygous in a male, with the conclusion of the allele in one record."""
    cases = [
        (one.alleles[assembly], one, spelling)
        for one in longer_ones()
        for spelling in spellings(assembly, one.alleles[assembly])
    ]
    assert len({one.id for _, one, _ in cases}) == len(longer_ones())
    (tmp_path / "whole").mkdir()
    wholes = [[(leftmost(assembly, one.alleles[assembly].leftmost()), "1:.")] for one in longer_ones()]
    expected = dict(
        zip(
            (one.id for one in longer_ones()),
            (one.conclusion for one in assessed(tmp_path / "whole", assembly, wholes, Sex.MALE)),
            strict=True,
        )
    )
    calls = [[(record, "1:.") for record in spelling] for _, _, spelling in cases]
    answers = assessed(tmp_path, assembly, calls, Sex.MALE, deep=True)
    for (allele, one, spelling), answer in zip(cases, answers, strict=True):
        found = allele_found(answer, allele)
        assert found and found.members, (one.name, spelling)
        assert found.zygosity is Zygosity.HEMIZYGOUS and found.described.match.same_allele is one, (one.name, spelling)
        assert found.conclusion is expected[one.id], (one.name, spelling)
        assert {f.conclusion for f in answer.findings if f is not found} == {Conclusion.INCONCLUSIVE}
        assert answer.callability
        (judged,) = [a for a in answer.callability.alleles if a.curated is one]
        assert judged.verdict is AlleleVerdict.FOUND, (one.name, spelling)


AS_ALIGNED = [(49251377, "C", "A"), (49251377, "CTCCG", "C"), (49251378, "T", "G")]
"""The parts of c.1248_1253delinsCT on GRCh38 as bcftools calls them; the deletion as written overlaps the last."""


@pytest.mark.parametrize(
    ("sex", "cells", "zygosity"),
    [
        (Sex.MALE, ("1:.", "1:.", "1:."), Zygosity.HEMIZYGOUS),
        (Sex.MALE, ("1/1:.", "1/1:.", "1/1:."), Zygosity.HEMIZYGOUS),
        (Sex.FEMALE, ("0|1:7", "0|1:7", "0|1:7"), Zygosity.HETEROZYGOUS),
        (Sex.FEMALE, ("1/1:.", "1/1:.", "1/1:."), Zygosity.HOMOZYGOUS),
        (Sex.FEMALE, ("1/1:.", "0|1:7", "0|1:7"), Zygosity.HETEROZYGOUS),
        (Sex.UNKNOWN, ("1:.", "1:.", "1:."), Zygosity.HEMIZYGOUS),
    ],
)
def test_parts_of_one_copy_are_one(sex: Sex, cells: tuple[str, ...], zygosity: Zygosity, tmp_path: Path) -> None:
    (answer,) = assessed(tmp_path, Assembly.GRCH38, [list(zip(AS_ALIGNED, cells, strict=True))], sex)
    (whole,) = whole_of(answer)
    assert whole.annotation.name == ALLELE_OF_A_CASE and whole.zygosity is zygosity


@pytest.mark.parametrize(
    ("sex", "cells"),
    [
        (Sex.FEMALE, ("0/1:.", "0/1:.", "0/1:.")),
        (Sex.FEMALE, ("0|1:7", "1|0:7", "0|1:7")),
        (Sex.FEMALE, ("0|1:7", "0|1:8", "0|1:7")),
        (Sex.FEMALE, ("0|1:7", "0/1:.", "0|1:7")),
        (Sex.MALE, ("1:.", "0/1:.", "1:.")),
        (Sex.MALE, ("0/1:.", "0/1:.", "0/1:.")),
        (Sex.MALE, ("1:.", "1:.", "0:.")),
    ],
)
def test_parts_not_known_to_lie_on_one_copy_stay_apart(sex: Sex, cells: tuple[str, ...], tmp_path: Path) -> None:
    """Not phased, on two copies, in two sets, or in a part of the molecules of a male; or one part is missing."""
    (answer,) = assessed(tmp_path, Assembly.GRCH38, [list(zip(AS_ALIGNED, cells, strict=True))], sex)
    assert ALLELE_OF_A_CASE not in {one.annotation.name for one in answer.findings}


def test_a_further_change_between_the_parts_makes_another_allele(tmp_path: Path) -> None:
    """The first base of the gap placed last, and a substitution between gap and parts that the allele does not have."""
    spelling = [(49251377, "C", "A"), (49251378, "T", "A"), (49251377, "CTCCG", "C")]
    (answer,) = assessed(tmp_path, Assembly.GRCH38, [[(record, "1:.") for record in spelling]], Sex.MALE)
    assert ALLELE_OF_A_CASE not in {one.annotation.name for one in answer.findings}


def test_a_further_variant_beside_the_parts_does_not_hide_the_allele(tmp_path: Path) -> None:
    further = (49251390, foxp3().on(Assembly.GRCH38).reference.fetch(49251390, 49251390), "A")
    assert further[1] != "A"
    calls = [[(record, "1:.") for record in [*AS_ALIGNED, further]]]
    (answer,) = assessed(tmp_path, Assembly.GRCH38, calls, Sex.MALE)
    assert ALLELE_OF_A_CASE in {one.annotation.name for one in answer.findings}
    assert answer.conclusion is Conclusion.CONSISTENT_WITH_IPEX


def test_a_part_of_a_codon_outside_the_allele_is_read_with_it(tmp_path: Path) -> None:
    """c.1117_1118delinsGC (TTC to GCC, Phe373Ala) in two records and c.1119C>A: GCA is alanine too (standard code)."""
    records = [(49251691, "G", "T"), (49251692, "A", "G"), (49251693, "A", "C")]
    (answer,) = assessed(tmp_path, Assembly.GRCH38, [[(record, "1:.") for record in records]], Sex.MALE)
    names = {one.annotation.name: one for one in whole_of(answer)}
    assert names["c.1117_1118delinsGC"].conclusion is Conclusion.INCONCLUSIVE
    assert names["c.1117_1119delinsGCA"].annotation.hgvs_p == "p.(Phe373Ala)"
    assert set(names["c.1117_1119delinsGCA"].members) == {"c.1117_1118delinsGC", "c.1119C>A"}


def test_changes_that_undo_each_other_are_no_allele(tmp_path: Path) -> None:
    """One base lost of a run and the same base put in again: each stays as it was called."""
    reference = foxp3().on(Assembly.GRCH38).reference
    bases = reference.fetch(49251376, 49251378)
    assert bases[0] != bases[2]
    base = bases[1]
    calls = [[((49251376, bases[:2], bases[0]), "1:."), ((49251376, bases[0], bases[0] + base), "1:.")]]
    (answer,) = assessed(tmp_path, Assembly.GRCH38, calls, Sex.MALE)
    assert not whole_of(answer) and len(answer.findings) == 2


# --- reads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("assembly", Assembly)
@pytest.mark.parametrize(("sex", "conclusion"), [("male", "consistent_with_ipex"), ("female", "carrier")])
@pytest.mark.parametrize("name", [ALLELE_OF_A_CASE, "c.1117_1118delinsGC"])
def test_reads_of_a_replacement_are_called_as_the_allele(
    assembly: Assembly, sex: str, conclusion: str, name: str, tmp_path: Path
) -> None:
    """The aligner splits it, and calling from reads phases the parts in a female."""
    copy = Haplotype.of(curated(name).alleles[assembly])
    bam = simulate(tmp_path / "a.bam", foxp3(), assembly, haplotypes=[copy], sex=Sex.parse(sex), sample="S")
    answer = CliRunner().invoke(main, ["run", str(bam), "-o", str(tmp_path / "out"), "--sex", f"S={sex}"])
    assert answer.exit_code == 0, answer.output
    report = json.loads((tmp_path / "out" / "reports" / "S.json").read_text())
    assert report["conclusion"]["code"] == conclusion
    assert f"NM_014009.4:{name}" in {one["hgvs_c"] for one in report["findings"]}
    assert {one["name"]: one["verdict"] for one in report["callability"]["alleles"]}[name] == "found"


def test_reads_of_two_copies_are_kept_apart(tmp_path: Path) -> None:
    """One part of the replacement on each copy: phased against each other, and not one allele."""
    reference = foxp3().on(Assembly.GRCH38).reference
    one, two = (Variant.of(reference, *record) for record in ((49251377, "CTCCG", "C"), (49251378, "T", "G")))
    copies = [Haplotype.of(one), Haplotype.of(two)]
    bam = simulate(tmp_path / "a.bam", foxp3(), Assembly.GRCH38, haplotypes=copies, depth=60, sample="S")
    answer = CliRunner().invoke(main, ["run", str(bam), "-o", str(tmp_path / "out"), "--sex", "S=female"])
    assert answer.exit_code == 0, answer.output
    report = json.loads((tmp_path / "out" / "reports" / "S.json").read_text())
    assert not any(finding["members"] for finding in report["findings"])
    assert len(report["findings"]) >= 2


@pytest.mark.parametrize("seed", range(5))
def test_any_allele_in_parts_is_that_allele(seed: int) -> None:
    """Alleles drawn at random, insertions and repeats among them; a neighbour further on belongs to none."""
    chance = random.Random(seed)
    reference = foxp3().on(Assembly.GRCH38).reference
    window = reference.window
    for _ in range(40):
        start = chance.randrange(window.start + 100, window.end - 100)
        ref = reference.fetch(start, start + chance.randrange(0, 7) - 1)
        alt = "".join(chance.choice("ACGT") for _ in range(chance.randrange(0, 7)))
        if ref == alt:
            continue
        allele = Variant.of(reference, start, ref, alt)
        base = reference.fetch(allele.end + 15, allele.end + 15)
        further = Edit(allele.end + 15, base, "A" if base != "A" else "C")
        for spelling in spellings(Assembly.GRCH38, allele):
            edits = [as_written(*record) for record in spelling]
            variants = {Variant.of(reference, one.start, one.ref, one.alt): one for one in [*edits, further]}
            if allele in variants or len(variants) <= len(edits):
                continue  # one record is the whole already
            ((found, members),) = split_alleles(variants, [allele], reference)
            assert found == allele and len(members) == len(edits), (allele, spelling)
