"""The knowledge tables: which there are, their columns, and how a cell of each is written.

Everything that says how a table looks is printed or derived from here: the data dictionary, the descriptor of a
pack (a Data Package with Table Schemas, https://datapackage.org), the scaffold of a new pack, and the first half
of the checks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from foxp3_annot.pack import vocabulary as words

LIST_SEPARATOR = ";"


@dataclass(frozen=True)
class Form:
    """How the text of a cell is written. `pattern` must match all of it; `says` tells a person what that means.

    `words` maps each allowed word to its label, for a closed vocabulary.
    """

    says: str
    pattern: str
    example: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    number: bool = False

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def fits(self, text: str) -> bool:
        """Whether a text that is not empty is written so.

        >>> COUNT.fits("12"), COUNT.fits("012"), COUNT.fits("a dozen")
        (True, False, False)
        """
        if self.words:
            return text in self.words
        return self._compiled.fullmatch(text) is not None


def _word(vocabulary: type[words.Word]) -> Form:
    table = words.codes(vocabulary)
    return Form("one of " + ", ".join(table), "|".join(map(re.escape, table)), next(iter(table)), table)


TEXT = Form("text on one line, without blanks at its ends", r"\S(?:[^\t\r\n]*\S)?", "as the source puts it")
IDENTIFIER = Form("a capital letter, then letters, digits, _ or -, and digits at the end", r"[A-Z][A-Za-z0-9_-]*[0-9]+")
KEY = Form("small letters, digits and _", r"[a-z][a-z0-9_]*", "gambineri2018")
COUNT = Form("a whole number", r"0|[1-9][0-9]*", "3", number=True)
ALLELE = Form(
    "position:ref:alt on chromosome X, plus strand, bases in capital letters",
    r"[1-9][0-9]*:[ACGT]+:[ACGT]+",
    "49251480:C:T",
)
STRETCH = Form("start-end on chromosome X, both included", r"[1-9][0-9]*-[1-9][0-9]*", "49119821-49121209")
HGVS_C = Form("a c. name without accession", r"c\.\S+", "c.1150G>A")
HGVS_P = Form("a p. name without accession, predicted changes in brackets", r"p\.\S+", "p.(Ala384Thr)")
RSID = Form("rs and digits", r"rs[1-9][0-9]*", "rs122467170")
VCV = Form("VCV and nine digits", r"VCV[0-9]{9}", "VCV000011409")
PMID = Form("the digits of the PubMed number", r"[1-9][0-9]{0,8}", "30443250")
DOI = Form("a DOI without https://doi.org/", r"10\.[0-9]{4,9}/\S+", "10.3389/fimmu.2018.02411")
URL = Form("an address that starts with https:// or http://", r"https?://[^\s<>\"]+", "https://doi.org/10.1038/83707")
DATE = Form(
    "a year, year-month or year-month-day",
    r"(?:19[5-9][0-9]|20[0-9]{2})(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?",
    "2018",
)
AGE = Form(
    "an ISO 8601 duration of years, months, weeks and days",
    r"P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+W)?(?:[0-9]+D)?",
    "P1Y3M",
)
HPO_ID = Form("HP: and seven digits", r"HP:[0-9]{7}", "HP:0002014")
HPO_TERM = Form("HP: and seven digits, then the label of the term", r"HP:[0-9]{7} \S.*", "HP:0002014 Diarrhea")
GENE_SYMBOL = Form("gene symbols in capital letters, separated by /", r"[A-Z][A-Z0-9]*(?:/[A-Z][A-Z0-9]*)*", "IL2RA")
MIM = Form("six digits", r"[1-6][0-9]{5}", "606367")
INHERITANCE_MODE = Form("AD, AR, XL, XLR or a list of them with commas", r"(?:AD|AR|XLR?)(?:,(?:AD|AR|XLR?))*", "AR")

MEASURES: Mapping[str, tuple[str, ...]] = {
    "IgE": ("IU/mL", "kU/L", "IU/L", "mg/dL"),
    "IgG": ("g/L", "mg/dL"),
    "IgA": ("g/L", "mg/dL"),
    "IgM": ("g/L", "mg/dL"),
    "leukocytes": ("10^9/L", "cells/uL"),
    "eosinophils": ("10^9/L", "cells/uL", "%"),
    "lymphocytes": ("10^9/L", "cells/uL", "%"),
    "neutrophils": ("10^9/L", "cells/uL", "%"),
    "platelets": ("10^9/L", "cells/uL"),
    "haemoglobin": ("g/L", "g/dL"),
    "CD3": ("cells/uL", "%"),
    "CD4": ("cells/uL", "%"),
    "CD8": ("cells/uL", "%"),
    "CD4/CD8": ("ratio",),
    "CD19": ("cells/uL", "%"),
    "CD4+CD25+": ("cells/uL", "% of CD4"),
    "FOXP3+": ("cells/uL", "% of CD4", "% of CD4+CD25+"),
    "GAD antibodies": ("U/mL", "IU/mL"),
    "IA-2 antibodies": ("U/mL", "IU/mL"),
    "ZnT8 antibodies": ("U/mL",),
    "insulin antibodies": ("U/mL", "IU/mL", "%"),
    "TPO antibodies": ("IU/mL", "U/mL"),
    "thyroglobulin antibodies": ("IU/mL", "U/mL"),
    "HbA1c": ("%", "mmol/mol"),
    "C-peptide": ("ng/mL", "nmol/L", "pmol/L"),
    "glucose": ("mmol/L", "mg/dL"),
    "TSH": ("mIU/L", "uIU/mL"),
    "donor chimerism": ("%", "% of Treg"),
}
"""What is measured, and the units in which it may be given; the value stands as the source prints it."""

_VALUE = r"[<>]?[0-9]+(?:\.[0-9]+)?(?:-[0-9]+(?:\.[0-9]+)?)?"
MEASUREMENT = Form(
    "name=value unit, with a name of the list of measures and a unit of it; the value may start with <, > or hold a "
    "range",
    "|".join(f"{re.escape(name)}={_VALUE} (?:{'|'.join(map(re.escape, units))})" for name, units in MEASURES.items()),
    "IgE=4000 IU/mL",
)


@dataclass(frozen=True)
class Column:
    """One column: its name, meaning, and how a cell is written.

    A `many` cell holds a list separated by semicolons. `derived` cells are computed from others of the row and
    may be left empty for `knowledge check --fix`. `refers_to` names the tables in whose key column a value must
    stand.
    """

    name: str
    meaning: str
    form: Form = TEXT
    required: bool = False
    many: bool = False
    derived: bool = False
    refers_to: tuple[str, ...] = ()

    def values(self, cell: str) -> tuple[str, ...]:
        """The values of a cell: its parts for a list, itself otherwise, none for an empty one."""
        if not cell:
            return ()
        return tuple(part.strip() for part in cell.split(LIST_SEPARATOR)) if self.many else (cell,)


@dataclass(frozen=True)
class Table:
    """One table: its name, what a row is, its columns, and the column (if any) whose value names a row."""

    name: str
    row_is: str
    columns: tuple[Column, ...]
    key: str = ""
    letter: str = ""  # in ids that the program gives to rows of this table

    @property
    def file(self) -> str:
        return f"{self.name}.tsv"

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


ALLELES = ("variants", "structures", "unplaced")
"""The tables of what statements and cases are about."""

_CITATIONS = Column("citations", "keys of the sources", KEY, required=True, many=True, refers_to=("citations",))
_READ = Column("read", "what was read for this row", _word(words.Reading), required=True)
_REMARK = Column("remark", "a warning for the reader")
_ABOUT = Column("variant_id", "what the row is about", IDENTIFIER, required=True, refers_to=ALLELES)
_DATE = Column("date", "when the source said so", DATE)
_PLACE = (
    Column(
        "grch38",
        "on GRCh38, left-aligned and minimal (one anchor base for insertions and deletions)",
        ALLELE,
        required=True,
        derived=True,
    ),
    Column("grch37", "the same on GRCh37", ALLELE, required=True, derived=True),
)

VARIANTS = Table(
    "variants",
    "one allele, whatever the number of sources",
    (
        Column("id", "names the row for ever; never used again", IDENTIFIER, required=True, derived=True),
        Column(
            "hgvs_c",
            "on NM_014009.4, introns 1 and 6 counted on GRCh38; empty outside the transcript. In a new row it may hold "
            "any description that `foxp3-annot lookup` reads, and `knowledge check --fix` makes the name of it",
            HGVS_C,
            derived=True,
        ),
        Column(
            "hgvs_p",
            "predicted; `p.?` at splice sites +-1/2 and for reported splice mutations; empty for other alleles that "
            "change no residue",
            HGVS_P,
            derived=True,
        ),
        *_PLACE,
        Column("feature", "exon or intron, numbered along NM_014009.4 from 1", derived=True),
        Column("domain", "domains of the protein and landmarks of the gene", derived=True),
        Column("consequence", "Sequence Ontology terms, the gravest first", many=True, derived=True),
        Column(
            "legacy_names",
            "names as sources print them: older c. names, JM2 or mRNA numbering, one-letter p. names",
            many=True,
        ),
        Column("rsid", "dbSNP", RSID),
        Column("clinvar_vcv", "ClinVar record of the variation", VCV),
        Column(
            "evidence_status",
            "the best that was read of any statement on this allele",
            _word(words.Reading),
            required=True,
            derived=True,
        ),
        _REMARK,
    ),
    key="id",
    letter="X",
)

STRUCTURES = Table(
    "structures",
    "one structural lesion, with its ends or the uncertainty of them",
    (
        Column("id", "names the row for ever; never used again", IDENTIFIER, required=True, derived=True),
        Column("type", "what happened to the sequence", _word(words.LesionType), required=True),
        Column("described_as", "in the words of the source", required=True),
        Column("grch38_outer", "the largest stretch it can concern", STRETCH, required=True),
        Column(
            "grch38_inner",
            "the smallest stretch it must concern; equal to the outer one when the ends are known, empty when none "
            "is certain",
            STRETCH,
        ),
        Column("grch37_outer", "the same on GRCh37", STRETCH, required=True),
        Column("grch37_inner", "the same on GRCh37", STRETCH),
        Column("feature", "exons met by the outer stretch, or the intron that holds it", derived=True),
        Column("legacy_names", "names as sources print them", many=True),
        Column("clinvar_vcv", "ClinVar record of the variation", VCV),
        Column(
            "evidence_status",
            "the best that was read of any statement on it",
            _word(words.Reading),
            required=True,
            derived=True,
        ),
        _REMARK,
    ),
    key="id",
    letter="S",
)

UNPLACED = Table(
    "unplaced",
    "one reported mutation of which no text read gives the allele",
    (
        Column("id", "names the row for ever; never used again", IDENTIFIER, required=True, derived=True),
        Column("reported_as", "in the words of the source", required=True),
        Column("hgvs_p", "the protein change, where one is given", HGVS_P),
        Column("candidates", "alleles that fit", HGVS_C, many=True),
        Column("reason", "why it has no place among the variants", required=True),
        Column(
            "evidence_status",
            "the best that was read of any statement on it",
            _word(words.Reading),
            required=True,
            derived=True,
        ),
        _REMARK,
    ),
    key="id",
    letter="U",
)

ASSERTIONS = Table(
    "assertions",
    "one statement of one source about one allele; sources that disagree have a row each",
    (
        _ABOUT,
        Column("classification", "what the source says", _word(words.Classification), required=True),
        Column("stated_as", "in the words of the source", required=True),
        Column("assigner", "who says so", required=True),
        Column("review_status", "ClinVar's review status, or that of the laboratory"),
        _DATE,
        _CITATIONS,
        _READ,
        Column("families", "families that the source reports with this allele", COUNT),
        Column("patients", "patients that the source reports with this allele", COUNT),
        Column("counted", "what the two figures count, or what the source counts instead"),
        Column("phenotype", "as reported by this source"),
        Column("outcome", "as reported by this source"),
    ),
)

FUNCTIONAL = Table(
    "functional",
    "one experiment on one allele",
    (
        _ABOUT,
        Column("assay", "what was measured, and how", required=True),
        Column("system", "in which cells or model"),
        Column("direction", "what came out, against the wild type", _word(words.Direction), required=True),
        Column("result", "in one clause", required=True),
        _DATE,
        _CITATIONS,
        _READ,
    ),
)

CITATIONS = Table(
    "citations",
    "one source",
    (
        Column("key", "names the source in the other tables", KEY, required=True),
        Column("kind", "what it is", _word(words.SourceKind), required=True),
        Column("pmid", "PubMed number; empty where it could not be confirmed", PMID),
        Column("doi", "DOI; empty where it could not be confirmed", DOI),
        Column("reference", "author, year, journal, volume and page, as far as seen", required=True),
        Column("read", "the best that was read of it", _word(words.Reading), required=True),
        Column("url", "where it can be found", URL),
        Column("licence", "terms on which its content is used here", required=True),
    ),
    key="key",
)

CASES = Table(
    "cases",
    "one published individual; a family or a group where only that is known",
    (
        Column("id", "names the row for ever; never used again", IDENTIFIER, required=True, derived=True),
        Column("variant_id", "the allele carried", IDENTIFIER, required=True, refers_to=ALLELES),
        Column("level", "whom the row stands for", _word(words.CaseLevel), required=True),
        Column("people", "how many people the row stands for", COUNT, required=True),
        Column("label", "what the source calls them", required=True),
        Column("family", "one name for rows of one family, also where two sources may mean the same family", KEY),
        Column("sex", "sex", _word(words.CaseSex), required=True),
        Column("zygosity", "copies of the allele", _word(words.CaseZygosity), required=True),
        Column("onset", "age at the first sign; P0D is birth", AGE),
        Column("onset_text", "onset in words, where no age is given or more needs saying"),
        Column("hpo_present", "phenotypes that the source states", HPO_TERM, many=True, refers_to=("phenotypes",)),
        Column("hpo_denied", "phenotypes that the source denies", HPO_TERM, many=True, refers_to=("phenotypes",)),
        Column("clinical_text", "what no term says"),
        Column("immunology", "measured values with their units", MEASUREMENT, many=True),
        Column("treatment", "treatments"),
        Column("transplanted", "whether stem cells of a donor were given", _word(words.Answer), required=True),
        Column("outcome", "what became of them", _word(words.Outcome), required=True),
        Column("age_last", "age at death, or when last seen", AGE),
        Column("outcome_text", "what more the source says of it"),
        Column("inheritance", "where the allele came from", _word(words.Inheritance), required=True),
        _DATE,
        _CITATIONS,
        _READ,
        _REMARK,
    ),
    key="id",
    letter="C",
)

PHENOTYPES = Table(
    "phenotypes",
    "one term of the Human Phenotype Ontology that is used here",
    (
        Column("hpo_id", "the term", HPO_ID, required=True),
        Column("label", "its label in the release named", required=True),
        Column("hpo_release", "release of the ontology in which id and label were checked", DATE, required=True),
        Column("category", "organ or system", required=True),
        Column("role", "what it means for the diagnosis", _word(words.TermRole), required=True),
        Column("onset", "when it appears, where sources say so"),
        Column("other_labels", "labels of the same term in other releases", many=True),
        Column("citations", "keys of sources that report it in IPEX", KEY, many=True, refers_to=("citations",)),
        _REMARK,
    ),
    key="hpo_id",
)

COHORT_STATISTICS = Table(
    "cohort_statistics",
    "one figure of one published cohort; figures that disagree have a row each",
    (
        Column("id", "names the row for ever", IDENTIFIER, required=True, derived=True),
        Column("cohort", "the cohort", required=True),
        Column("group", "the people whom the figure is about", required=True),
        Column("metric", "what is counted or measured", required=True),
        Column("hpo_id", "the phenotype counted", HPO_ID, refers_to=("phenotypes",)),
        Column("numerator", "people with it", COUNT),
        Column("denominator", "people looked at", COUNT),
        Column("printed", "the figure as the source prints it", required=True),
        Column("comparison", "interval, p value or the other group"),
        _CITATIONS,
        _READ,
        _DATE,
        Column("caveat", "what must be known to read the figure rightly"),
    ),
    key="id",
    letter="T",
)

MANAGEMENT = Table(
    "management",
    "one statement on care, with what speaks against it",
    (
        Column("id", "names the row for ever", IDENTIFIER, required=True, derived=True),
        Column("topic", "what it is about", _word(words.Topic), required=True),
        Column("statement", "in one or two sentences", required=True),
        Column("applies_to", "the situation that it concerns", _word(words.Situation), required=True, many=True),
        Column("when_hpo", "phenotypes that it concerns; empty for all", HPO_ID, many=True, refers_to=("phenotypes",)),
        Column("counter_evidence", "what speaks against it, or limits it"),
        _CITATIONS,
        _READ,
        _DATE,
    ),
    key="id",
    letter="M",
)

DIFFERENTIAL = Table(
    "differential",
    "one gene to think of where FOXP3 is clear",
    (
        Column("gene", "gene symbol", GENE_SYMBOL, required=True),
        Column("condition", "the disease", required=True),
        Column("mim", "number of the disease in OMIM", MIM),
        Column("inheritance", "mode of inheritance", INHERITANCE_MODE),
        Column("mechanism", "how variants cause it"),
        Column("overlap", "what it shares with IPEX"),
        Column("next_step", "what tells the two apart"),
        _CITATIONS,
        _READ,
        _DATE,
        _REMARK,
    ),
    key="gene",
)

POPULATION = Table(
    "population",
    "one figure on one allele in people who were not chosen for having IPEX",
    (
        Column("id", "names the row for ever", IDENTIFIER, required=True, derived=True),
        Column("hgvs_c", "on NM_014009.4", HGVS_C, derived=True),
        *_PLACE,
        Column("rsid", "dbSNP", RSID),
        Column("population", "who was looked at", required=True),
        Column("allele_count", "chromosomes with the allele", COUNT),
        Column("allele_number", "chromosomes looked at", COUNT),
        Column("hemizygotes", "males with the allele", COUNT),
        Column("printed", "the figure as the source prints it", required=True),
        _CITATIONS,
        _READ,
        _DATE,
        _REMARK,
    ),
    key="id",
    letter="P",
)

TABLES = (
    VARIANTS,
    STRUCTURES,
    UNPLACED,
    ASSERTIONS,
    FUNCTIONAL,
    CASES,
    PHENOTYPES,
    COHORT_STATISTICS,
    MANAGEMENT,
    DIFFERENTIAL,
    POPULATION,
    CITATIONS,
)


def table_named(name: str) -> Table:
    return next(table for table in TABLES if table.name == name)
