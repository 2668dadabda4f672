"""The report: its schema, its sentences, and that the page and the tables only show it."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from Bio.Seq import Seq
from Bio.SeqUtils import seq3
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from foxp3_annot.assembly import Assembly
from foxp3_annot.cli import main
from foxp3_annot.gene import foxp3
from foxp3_annot.report.html import sample_page
from foxp3_annot.writers.files import safe_name
from foxp3_annot.writers.tables import cell, sample_table, summary_table

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "resources" / "schemas" / "report.schema.json").read_text())
HEADER = (
    "##fileformat=VCFv4.2\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">\n'
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">\n'
    '##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">\n'
    '##FILTER=<ID=LowQual,Description="Low">\n'
    '##INFO=<ID=CIPOS,Number=2,Type=Integer,Description="Uncertainty of POS">\n'
    '##INFO=<ID=CIEND,Number=2,Type=Integer,Description="Uncertainty of END">\n'
    '##INFO=<ID=END,Number=1,Type=Integer,Description="End">\n'
    "##contig=<ID=chrX,length=156040895>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
)


def reports(folder: Path, *records: str, samples: str = "S", sex: str = "male") -> list[dict[str, Any]]:
    """Run the program on records (CHROM to sample columns) and read back the reports, checked against the schema."""
    columns = f"\tFORMAT\t{samples}" if samples else ""
    path = folder / "input.vcf"
    path.write_text("\n".join((HEADER + columns, *records)) + "\n")
    command = ["run", str(path), "-o", str(folder / "out")]
    for name in samples.split("\t") if samples and sex else []:
        command += ["--sex", f"{name}={sex}"]
    result = CliRunner().invoke(main, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found = [json.loads(one.read_text()) for one in sorted((folder / "out" / "reports").glob("*.json"))]
    for report in found:
        Draft202012Validator(SCHEMA).validate(report)
    return found


def report(folder: Path, *records: str, **kwargs: str) -> dict[str, Any]:
    (one,) = reports(folder, *records, **kwargs)
    return one


A384T = "chrX\t49251480\trs1\tC\tT\t50\tPASS\t.\tGT:AD:DP"


def test_the_schema_is_sound_and_strict() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["additionalProperties"] is False


def test_a_boy_with_a_known_mutation(tmp_path: Path) -> None:
    one = report(tmp_path, f"{A384T}\t1/1:1,33:34")
    (finding,) = one["findings"]
    assert one["conclusion"]["code"] == "consistent_with_ipex"
    assert "c.1150G>A p.(Ala384Thr)" in one["conclusion"]["sentence"]
    assert finding["hgvs_g"] == "NC_000023.11:g.49251480C>T"
    assert finding["other_build"]["hgvs_g"] == "NC_000023.10:g.49107941C>T"
    assert finding["features"] == [{"name": "exon 12", "name_in_papers": "exon 11"}]
    assert finding["domains"] == ["forkhead DNA-binding domain"]
    assert finding["zygosity"]["code"] == "hemizygous"
    assert finding["evidence"][0]["allele_fraction"] == pytest.approx(33 / 34, abs=1e-4)
    assert finding["match"]["curated"][0]["clinvar"] == "VCV000011410"
    assert {c["key"] for c in one["citations"]} >= {"clinvar", "genereviews_ipex"}
    assert any("all of his daughters" in s["sentence"] for s in one["inheritance"])


def test_a_mother_is_a_carrier(tmp_path: Path) -> None:
    one = report(tmp_path, f"{A384T}\t0/1:15,15:30", sex="female")
    assert one["conclusion"]["code"] == "carrier"
    assert any("heterozygous females" in s["sentence"] for s in one["inheritance"])


def test_a_male_called_heterozygous_is_a_finding_of_its_own(tmp_path: Path) -> None:
    one = report(tmp_path, f"{A384T}\t0/1:20,10:30")
    assert one["findings"][0]["zygosity"]["code"] == "discordant"
    assert one["conclusion"]["code"] == "review_needed"
    assert any("transplant" in note for note in one["findings"][0]["notes"])


def test_a_male_called_heterozygous_for_a_benign_variant_is_reviewed_too(tmp_path: Path) -> None:
    one = report(tmp_path, "chrX\t49261784\t.\tG\tT\t50\tPASS\t.\tGT\t0/1")
    assert one["conclusion"]["code"] == "review_needed"


def test_a_filtered_mutation_is_shown_and_reviewed(tmp_path: Path) -> None:
    one = report(tmp_path, f"{A384T}\t1".replace("PASS", "LowQual").replace("GT:AD:DP", "GT"))
    assert one["conclusion"]["code"] == "review_needed"
    assert one["findings"][0]["evidence"][0]["filters"] == ["LowQual"]


def test_refuted_variants_do_not_explain_anything(tmp_path: Path) -> None:
    for record in ("chrX\t49256855\t.\tG\tA", "chrX\t49258394\t.\tC\tA"):  # c.543C>T and c.112G>T, PMID:30443250
        one = report(tmp_path, f"{record}\t50\tPASS\t.\tGT\t1")
        assert one["conclusion"]["code"] == "not_assessable"
        assert one["findings"][0]["concern"]["code"] == "refuted"
        assert "refuted" in one["conclusion"]["sentence"]


def test_an_unreported_poly_a_change_is_reviewed(tmp_path: Path) -> None:
    one = report(tmp_path, "chrX\t49250460\t.\tT\tC\t50\tPASS\t.\tGT\t1")  # c.*874, in AATAAA (c.*873_*878)
    assert one["conclusion"]["code"] == "review_needed"
    assert one["findings"][0]["landmarks"] == ["poly(A) signal AATAAA"]


def test_silence_is_not_a_negative_finding(tmp_path: Path) -> None:
    one = report(tmp_path, "chrX\t60000000\t.\tA\tG\t9\tPASS\t.\tGT\t1")
    assert one["conclusion"]["code"] == "not_assessable"
    assert "no record in the FOXP3 locus" in one["conclusion"]["sentence"]
    assert one["call_set"]["records_on_chromosome_x"] == 1
    assert {n["code"] for n in one["not_assessed"]} >= {"no_record_in_locus", "silence", "not_detectable"}


def test_missing_and_half_calls_are_named(tmp_path: Path) -> None:
    one = report(tmp_path, f"{A384T}\t./.:.:.", "chrX\t49258394\t.\tC\tA\t50\tPASS\t.\tGT\t./0")
    places = {n["code"]: n["places"] for n in one["not_assessed"]}
    assert places["no_call"] == ["chrX:49251480"]
    assert places["half_call"] == ["chrX:49258394"]
    assert one["findings"] == []


def test_two_records_of_one_allele_that_disagree(tmp_path: Path) -> None:
    one = report(tmp_path, f"{A384T}\t1/1:0,30:30", f"{A384T}\t0/1:10,20:30")
    (finding,) = one["findings"]
    assert len(finding["evidence"]) == 2
    assert finding["zygosity"]["code"] == "discordant"


def test_a_large_deletion_is_shown_with_its_exons(tmp_path: Path) -> None:
    one = report(tmp_path, "chrX\t49251700\t.\tN\t<DEL>\t50\tPASS\tEND=49255600\tGT\t1")
    (structural,) = one["structural_findings"]
    # 49251701-49255600 runs from within exon 11 (49251664-49251765) to intron 7; c. positions from the exon table
    assert structural["exons"] == ["exon 8", "exon 9", "exon 10", "exon 11"]
    assert structural["whole_exons"] == ["exon 8", "exon 9", "exon 10"]
    assert structural["hgvs_g"] == "NC_000023.11:g.49251701_49255600del"
    assert structural["hgvs_c"] == "NM_014009.4:c.736-91_1109del"
    assert structural["consequences"] == ["exon_loss_variant"]
    assert one["conclusion"]["code"] == "review_needed"


def test_the_reported_upstream_deletion_is_named(tmp_path: Path) -> None:
    """FS0001 of the curated table (Torgerson 2007)."""
    record = "chrX\t49263361\t.\tN\t<DEL>\t50\tPASS\tEND=49264747\tGT"
    one = report(tmp_path, f"{record}\t1")
    assert one["conclusion"]["code"] == "consistent_with_ipex"
    assert "1388-base pair deletion" in one["conclusion"]["sentence"]
    assert "To be reviewed" not in one["conclusion"]["sentence"]
    (structural,) = one["structural_findings"]
    assert structural["curated"]["id"] == "FS0001"
    assert "torgerson2007" in {citation["key"] for citation in one["citations"]}
    assert one["inheritance"]
    joined = report(tmp_path, "chrX\t49263361\t.\tN\tN[chrX:49264748[\t50\tPASS\t.\tGT\t1")
    assert joined["structural_findings"][0]["curated"]["id"] == "FS0001"
    carrier = report(tmp_path, f"{record}\t0/1", sex="female")
    assert carrier["conclusion"]["code"] == "carrier"
    other = report(tmp_path, record.replace("49264747", "49264900") + "\t1")
    assert other["structural_findings"][0]["curated"] is None
    assert other["conclusion"]["code"] == "review_needed"


def test_a_deletion_with_unsure_ends_and_known_frame(tmp_path: Path) -> None:
    # exon 8 is 49255429-49255509, 81 bases in frame
    one = report(
        tmp_path, "chrX\t49255300\t.\tN\t<DEL>\t50\tPASS\tEND=49255600;CIPOS=-10,20;CIEND=-5,5\tGT\t0/1", sex="female"
    )
    (structural,) = one["structural_findings"]
    assert structural["hgvs_g"] == "NC_000023.11:g.(49255291_49255321)_(49255595_49255605)del"
    assert structural["hgvs_c"] == "NM_014009.4:c.(736-96_736-86)_(816+108_816+138)del"
    assert structural["sentence"] == "27 residues are lost; the reading frame is kept."


def test_a_file_without_samples_is_reported_as_itself(tmp_path: Path) -> None:
    one = report(tmp_path, "chrX\t49251480\t.\tC\tT\t50\tPASS\t.", samples="")
    assert one["sample"] == {"id": "input", "name_in_file": None, "sex": "unknown", "sex_source": "not declared"}
    assert one["findings"][0]["zygosity"]["code"] == "not_genotyped"
    assert one["conclusion"]["code"] == "review_needed"


F373A = ("chrX\t49251692\t.\tA\tG\t50\tPASS\t.\tGT:PS", "chrX\t49251693\t.\tA\tC\t50\tPASS\t.\tGT:PS")
"""c.1118T>C and c.1117T>G, together c.1117_1118delinsGC, p.(Phe373Ala) (ClinVar VCV000011415)."""


def test_two_changes_of_one_codon_in_a_boy_are_one(tmp_path: Path) -> None:
    one = report(tmp_path, *(f"{record}\t1:." for record in F373A))
    (whole,) = [finding for finding in one["findings"] if finding["members"]]
    assert (whole["hgvs_c"], whole["hgvs_p"]) == ("NM_014009.4:c.1117_1118delinsGC", "p.(Phe373Ala)")
    assert whole["match"]["level"] == "same_allele"
    assert one["conclusion"]["code"] == "consistent_with_ipex"
    assert "c.1117_1118delinsGC" in one["conclusion"]["sentence"]
    assert "c.1117T>G" not in one["conclusion"]["sentence"]
    singles = [finding for finding in one["findings"] if not finding["members"]]
    assert [single["conclusion"] for single in singles] == ["inconclusive", "inconclusive"]


def test_a_member_of_a_whole_concludes_nothing_for_the_family(tmp_path: Path) -> None:
    # c.1117T>G alone is F373V, reported in IPEX; with c.1118T>G the codon is GGC, glycine, which nobody has reported
    other = F373A[0].replace("A\tG", "A\tC")
    one = report(tmp_path, f"{other}\t1:.", f"{F373A[1]}\t1:.")
    (whole,) = [finding for finding in one["findings"] if finding["members"]]
    assert whole["hgvs_p"] == "p.(Phe373Gly)"
    assert one["conclusion"]["code"] == "review_needed"
    assert one["inheritance"] == []
    findings, others = sample_page(one).split('id="others"')
    assert findings.count("<article") == 1
    assert "c.1117T&gt;G" in others


def test_in_a_woman_phase_decides(tmp_path: Path) -> None:
    for name, one, two, combined in (
        ("cis", "0|1:7", "0|1:7", True),
        ("trans", "0|1:7", "1|0:7", False),
        ("other_set", "0|1:7", "0|1:8", False),
        ("unphased", "0/1:.", "0/1:.", False),
        ("homozygous", "1/1:.", "1/1:.", True),
    ):
        (tmp_path / name).mkdir()
        found = report(tmp_path / name, f"{F373A[0]}\t{one}", f"{F373A[1]}\t{two}", sex="female")
        assert any(finding["members"] for finding in found["findings"]) == combined, name
        warned = [any("same residue" in note for note in finding["notes"]) for finding in found["findings"]]
        assert all(warned) is not combined, name


def test_an_insertion_restores_the_frame_of_a_deletion(tmp_path: Path) -> None:
    model = foxp3().on(Assembly.GRCH38)
    # c.1195 lost (GRCh38 49251435), C gained between c.1204 and c.1205 (49251426 and 49251425; G on the plus strand)
    cds = model.transcript.cds
    before, after = (Seq(bases).translate() for bases in (cds, cds[:1194] + cds[1195:1204] + "C" + cds[1204:]))
    differing = [place for place in range(432) if before[place] != after[place]]
    first, last = differing[0], differing[-1]
    assert str(after).index("*") == 431
    lost, kept = model.reference.fetch(49251434, 49251435), model.reference.fetch(49251425, 49251425)
    one = report(
        tmp_path,
        f"chrX\t49251434\t.\t{lost}\t{lost[0]}\t50\tPASS\t.\tGT\t1",
        f"chrX\t49251425\t.\t{kept}\t{kept}G\t50\tPASS\t.\tGT\t1",
    )
    (whole,) = [finding for finding in one["findings"] if finding["members"]]
    places = f"{seq3(before[first])}{first + 1}_{seq3(before[last])}{last + 1}"
    assert whole["hgvs_p"] == f"p.({places}delins{seq3(after[first : last + 1])})"
    assert "frameshift_variant" not in {term["term"] for term in whole["consequences"]}


# --- views --------------------------------------------------------------------------------------------


class Links(HTMLParser):
    """Every attribute that makes a browser fetch something, and the visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [
            value or "" for key, value in attrs if key in ("src", "srcset", "data", "action", "background")
        ]
        if tag == "link":
            self.fetched += [value or "" for key, value in attrs if key == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(one: dict[str, Any]) -> Links:
    parser = Links()
    parser.feed(sample_page(one))
    return parser


def test_the_page_fetches_nothing_and_holds_no_script(tmp_path: Path) -> None:
    one = report(tmp_path, f"{A384T}\t1:0,30:30")
    page = page_of(one)
    assert page.fetched == []
    assert not {"script", "iframe", "object", "img"} & set(page.tags)
    assert "url(" not in sample_page(one) and "@import" not in sample_page(one)


def test_the_page_shows_what_the_report_says(tmp_path: Path) -> None:
    one = report(tmp_path, f"{A384T}\t0/1:20,10:30", "chrX\t49261784\t.\tG\tT\t50\tPASS\t.\tGT\t1")
    text = " ".join(page_of(one).text.split())
    assert one["conclusion"]["sentence"] in text
    for finding in one["findings"]:
        assert finding["hgvs_g"] in text
        assert all(note in text for note in finding["notes"])
    for group in ("not_assessed", "inheritance"):
        assert all(item["sentence"] in text for item in one[group])
    assert all(limit in text for limit in one["limits"])
    assert all(citation["reference"] in text for citation in one["citations"])
    assert one["provenance"]["input"]["sha256"] in text


def test_text_from_a_file_is_never_markup(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    one = report(tmp_path, f"{A384T}\t1:0,30:30".replace("rs1", evil), samples=evil)
    page = sample_page(one)
    assert evil not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "script" not in page_of(one).tags
    assert [p.name for p in (tmp_path / "out" / "reports").iterdir() if "/" in p.name] == []


def test_names_cannot_leave_the_folder(tmp_path: Path) -> None:
    one = report(tmp_path, f"{A384T}\t1:0,30:30", samples="../../evil name")
    assert one["sample"]["id"] == "../../evil name"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["input.vcf", "out"]
    assert {p.name for p in (tmp_path / "out" / "reports").glob("*.html")} == {f"{safe_name('../../evil name')}.html"}


@pytest.mark.parametrize(
    ("text", "shown"), [("a\tb\nc", "a b c"), ("=1+1", "'=1+1"), ("-23+1", "-23+1"), ("@x", "'@x")]
)
def test_a_cell_cannot_break_a_table_or_be_a_formula(text: str, shown: str) -> None:
    assert cell(text) == shown


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_tables_show_what_the_report_says(tmp_path: Path) -> None:
    one = report(tmp_path, f"{A384T}\t1:0,30:30", "chrX\t49250460\t.\tT\tC\t50\tPASS\t.\tGT\t1")
    table = rows(sample_table(one))
    assert [row["hgvs_c"] for row in table] == [finding["hgvs_c"] for finding in one["findings"]]
    assert table[0]["classification"] == "pathogenic"
    assert table[0]["depth"] == "30"
    (summary,) = rows(summary_table([one]))
    assert summary["conclusion"] == one["conclusion"]["code"]
    assert summary["sentence"] == one["conclusion"]["sentence"]


def test_a_report_without_findings_still_has_a_row(tmp_path: Path) -> None:
    one = report(tmp_path, "chrX\t60000000\t.\tA\tG\t9\tPASS\t.\tGT\t1")
    (row,) = rows(sample_table(one))
    assert row["conclusion"] == "not_assessable"
    assert row["notes"] == one["conclusion"]["sentence"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        report(tmp_path / name, f"{A384T}\t1:0,30:30", "chrX\t49261784\t.\tG\tT\t50\tPASS\t.\tGT\t1")
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one" / "out").rglob("*") if p.is_file())
    assert len(files) == 7
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_no_date_stands_in_a_report(tmp_path: Path) -> None:
    one = report(tmp_path, "chrX\t60000000\t.\tA\tG\t9\tPASS\t.\tGT\t1")
    assert not re.search(r"20\d\d-\d\d-\d\dT", json.dumps(one))
