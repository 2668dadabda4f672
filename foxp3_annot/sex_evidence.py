"""What the data say of the sex chromosomes, held against the sex that was declared; and why a boy looks heterozygous.

Nothing here overrules a declaration: after a stem-cell transplant the DNA of blood is the donor's, and tubes are mixed
up. A conflict is told, and a person decides.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import mean, median, pstdev

from foxp3_annot.assembly import Assembly
from foxp3_annot.cases import Proportion
from foxp3_annot.genotype import Sex
from foxp3_annot.patient import Karyotype

PSEUDOAUTOSOMAL: dict[Assembly, tuple[tuple[int, int], tuple[int, int]]] = {
    Assembly.GRCH37: ((60_001, 2_699_520), (154_931_044, 155_260_560)),
    Assembly.GRCH38: ((10_001, 2_781_479), (155_701_383, 156_030_895)),
}
"""PAR1 and PAR2 on chromosome X (1-based, both ends included). A male has two copies there, so that what is counted
must lie outside. GRCh38: Ensembl, "Pseudoautosomal regions in human". GRCh37: the UCSC gateway of hg19, as quoted in
the help of Ion Reporter ("Hard masked PAR regions in chromosome Y"); SeqVarTools (`chromWithPAR`) has the same for
both."""

AUTOSOMES = tuple(str(number) for number in range(1, 23))

FEWEST_AUTOSOMES = 5
FEWEST_AUTOSOMAL_READS = 20_000
FEWEST_READS_ON_X = 1_000
"""Below these numbers of autosomes with reads, and of reads, depths are not compared: a panel or an extract."""

EVEN = 0.25
"""The largest spread (standard deviation over mean) of the depth of the autosomes in a whole genome. The share of
unknown bases, 1 % of chromosome 2 and a third of chromosome 22 on GRCh37, accounts for 0.1; in an exome the densest
chromosome has several times as many targets a base as the sparsest, which gives 0.5 and more."""

X_COPIES = {1: (0.40, 0.60), 2: (0.85, 1.15), 3: (1.35, 1.65)}
"""Depth of X over that of the autosomes, by copies: half of it each, a tenth to either side. Between: not told."""

Y_COPIES = {0: (0.0, 0.08), 1: (0.14, 0.33), 2: (0.38, 0.60)}
"""The same for Y by its whole length, of which less than half (26 of 57 Mb on GRCh38) is known sequence: 0.5 x 0.46 =
0.23 a copy, 0.20 where its pseudoautosomal ends are masked; without a Y some reads of repeats and of X still stray."""

Y_IN_CAPTURE = 0.09
"""Reads on Y over reads on X from which targeted data show a Y: what ngs-bits SampleGender (method xy) asks of a male.
Its bound for females is not used: a panel has targets on X, and often none on Y."""

HETEROZYGOUS_SHARE = (0.15, 0.24)
"""Share of heterozygous ones among the carried genotypes of X: one copy below, several above (the bounds of ngs-bits
SampleGender, method hetx). The whole 95 % interval must lie on one side."""

FEWEST_GENOTYPES = 50


# --- what was counted -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContigReads:
    """Mapped reads of one contig (as spelt in the file), by the index; its length in bases."""

    name: str
    length: int
    mapped: int

    @property
    def chromosome(self) -> str:
        """`1` to `22`, `X`, `Y`; empty for any other contig."""
        short = self.name.removeprefix("chr")
        return short if short in (*AUTOSOMES, "X", "Y") else _ACCESSIONS.get(self.name.split(".")[0], "")


_ACCESSIONS = {f"NC_{number:06}": name for number, name in enumerate((*AUTOSOMES, "X", "Y"), start=1)}


@dataclass(frozen=True, slots=True)
class ReadDepths:
    """Reads and depth by chromosome. `autosomes` counts those with reads; depths are reads a base of the whole
    contig, `spread` is that of the autosomes; the ratios are of depths to their median, None where there is no such
    contig or no autosome. Ratios and spread are kept to three decimals, as reports give them."""

    autosomes: int
    autosomal_reads: int
    x_reads: int
    y_reads: int | None
    spread: float
    x_ratio: float | None
    y_ratio: float | None

    @classmethod
    def of(cls, contigs: Iterable[ContigReads]) -> "ReadDepths":
        found = {one.chromosome: one for one in contigs if one.chromosome and one.length}
        autosomes = [found[name] for name in AUTOSOMES if name in found and found[name].mapped]
        depths = [one.mapped / one.length for one in autosomes]
        middle = median(depths) if depths else 0.0
        y = found.get("Y")
        return cls(
            autosomes=len(autosomes),
            autosomal_reads=sum(one.mapped for one in autosomes),
            x_reads=found["X"].mapped if "X" in found else 0,
            y_reads=y.mapped if y else None,
            spread=round(pstdev(depths) / mean(depths), 3) if depths else 0.0,
            x_ratio=_ratio(found.get("X"), middle),
            y_ratio=_ratio(y, middle),
        )

    @property
    def is_enough(self) -> bool:
        return (
            self.autosomes >= FEWEST_AUTOSOMES
            and self.autosomal_reads >= FEWEST_AUTOSOMAL_READS
            and self.x_reads >= FEWEST_READS_ON_X
        )

    @property
    def is_even(self) -> bool:
        """Whether the autosomes are as evenly deep as in a whole genome."""
        return self.spread <= EVEN

    @property
    def sentence(self) -> str:
        """The numbers in words."""
        if not self.is_enough:
            return (
                f"The index counts {self.autosomal_reads:,} reads on {self.autosomes} autosomes and "
                f"{self.x_reads:,} on X: too few to compare depths (a panel, or an extract of the locus)."
            )
        y = "no contig Y" if self.y_ratio is None else f"Y {self.y_ratio:.2f}"
        kind = "" if self.is_even else " The autosomes are unevenly deep, as in an exome or panel."
        return f"Depth against the autosomes ({self.autosomal_reads:,} reads): X {self.x_ratio:.2f}, {y}.{kind}"


def _ratio(contig: ContigReads | None, depth: float) -> float | None:
    return round(contig.mapped / contig.length / depth, 3) if contig and depth else None


@dataclass(frozen=True, slots=True)
class XGenotypes:
    """Genotypes of one sample on X outside the pseudoautosomal regions, single-base substitutions that passed.

    `carried` counts those called with two copies that hold an alternate allele, `heterozygous` those of them with two
    different alleles, `single` those called with one copy, which the caller decided beforehand. `complete` is whether
    all of X was read, or only its first records.
    """

    carried: int
    heterozygous: int
    single: int
    complete: bool

    @property
    def share(self) -> Proportion:
        return Proportion(self.heterozygous, self.carried)

    @property
    def sentence(self) -> str:
        part = "" if self.complete else " (the first records of X only)"
        if self.carried < FEWEST_GENOTYPES:
            rest = f", {self.single:,} called with one copy, as the caller was told" if self.single else ""
            return (
                f"{self.carried} genotypes of X carry an alternate allele on two copies{rest}: too few to judge{part}."
            )
        return f"Heterozygous on X outside the pseudoautosomal regions: {self.share.sentence}{part}."


@dataclass(frozen=True, slots=True)
class SexEvidence:
    """What there was to judge the sex chromosomes of one sample from; None for what the file does not give."""

    reads: ReadDepths | None = None
    genotypes: XGenotypes | None = None


# --- what they say ---------------------------------------------------------------------------------------


class SexVerdict(enum.Enum):
    """What the data fit, and the declared sex that goes with it."""

    XY = ("xy", "XY", Sex.MALE)
    XX = ("xx", "XX", Sex.FEMALE)
    X = ("x", "one X and no Y (45,X, or Y lost)", Sex.FEMALE)
    XXY = ("xxy", "XXY", Sex.MALE)
    XYY = ("xyy", "XYY", Sex.MALE)
    XXX = ("xxx", "XXX", Sex.FEMALE)
    WITH_Y = ("with_y", "a Y; the copies of X are not told", Sex.MALE)
    ONE_X = ("one_x", "one X; Y is not told", Sex.MALE)
    SEVERAL_X = ("several_x", "two or more X; Y is not told", Sex.FEMALE)
    NOT_TOLD = ("not_told", "not told", Sex.UNKNOWN)

    def __init__(self, code: str, label: str, fits: Sex) -> None:
        self.code = code
        self.label = label
        self.fits = fits

    @property
    def is_unusual(self) -> bool:
        """Whether it is another number of sex chromosomes than two."""
        return self in (SexVerdict.X, SexVerdict.XXY, SexVerdict.XYY, SexVerdict.XXX)


_BY_COPIES = {
    (1, 1): SexVerdict.XY,
    (2, 0): SexVerdict.XX,
    (1, 0): SexVerdict.X,
    (2, 1): SexVerdict.XXY,
    (1, 2): SexVerdict.XYY,
    (3, 0): SexVerdict.XXX,
    (1, None): SexVerdict.ONE_X,
    (2, None): SexVerdict.SEVERAL_X,
    (3, None): SexVerdict.SEVERAL_X,
}
_HOLDS = {
    SexVerdict.ONE_X: {SexVerdict.XY, SexVerdict.X, SexVerdict.XYY, SexVerdict.WITH_Y},
    SexVerdict.SEVERAL_X: {SexVerdict.XX, SexVerdict.XXY, SexVerdict.XXX, SexVerdict.WITH_Y},
}
"""What genotypes, which see no Y, leave open."""


def verdict(evidence: SexEvidence | None) -> SexVerdict:
    """What reads and genotypes fit together; NOT_TOLD where there is too little, or where they disagree.

    >>> verdict(SexEvidence(ReadDepths(22, 10**8, 10**6, 10**5, 0.1, 0.5, 0.22))).label
    'XY'
    """
    if evidence is None:
        return SexVerdict.NOT_TOLD
    by_reads = _by_reads(evidence.reads) if evidence.reads else SexVerdict.NOT_TOLD
    by_genotypes = _by_genotypes(evidence.genotypes) if evidence.genotypes else SexVerdict.NOT_TOLD
    if by_reads is SexVerdict.NOT_TOLD or by_genotypes is SexVerdict.NOT_TOLD:
        return by_genotypes if by_reads is SexVerdict.NOT_TOLD else by_reads
    if by_reads is SexVerdict.WITH_Y:
        return SexVerdict.XY if by_genotypes is SexVerdict.ONE_X else SexVerdict.XXY
    if by_reads is by_genotypes or by_reads in _HOLDS[by_genotypes]:
        return by_reads
    return SexVerdict.NOT_TOLD


def _by_reads(reads: ReadDepths) -> SexVerdict:
    if not reads.is_enough:
        return SexVerdict.NOT_TOLD
    if not reads.is_even:
        shows_y = reads.y_reads is not None and reads.y_reads >= Y_IN_CAPTURE * reads.x_reads
        return SexVerdict.WITH_Y if shows_y else SexVerdict.NOT_TOLD
    x = _copies(reads.x_ratio, X_COPIES)
    if x is None or (reads.y_ratio is not None and _copies(reads.y_ratio, Y_COPIES) is None):
        return SexVerdict.NOT_TOLD
    return _BY_COPIES.get((x, _copies(reads.y_ratio, Y_COPIES)), SexVerdict.NOT_TOLD)


def _copies(ratio: float | None, ranges: dict[int, tuple[float, float]]) -> int | None:
    if ratio is None:
        return None
    return next((number for number, (low, high) in ranges.items() if low <= ratio <= high), None)


def _by_genotypes(genotypes: XGenotypes) -> SexVerdict:
    if genotypes.carried < FEWEST_GENOTYPES:
        return SexVerdict.NOT_TOLD
    low, high = genotypes.share.interval
    if high <= HETEROZYGOUS_SHARE[0]:
        return SexVerdict.ONE_X
    return SexVerdict.SEVERAL_X if low >= HETEROZYGOUS_SHARE[1] else SexVerdict.NOT_TOLD


class SexStatus(enum.Enum):
    """How the declared sex and the data stand to each other."""

    CONFLICT = "conflict"
    UNUSUAL = "unusual"
    AGREES = "agrees"
    NOT_DECLARED = "not_declared"
    NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True)
class SexCheck:
    """The declared sex held against the data."""

    declared: Sex
    evidence: SexEvidence | None
    verdict: SexVerdict
    karyotype: Karyotype | None = None

    @classmethod
    def of(cls, declared: Sex, evidence: SexEvidence | None, karyotype: Karyotype | None = None) -> "SexCheck":
        """`karyotype` is that declared, which goes before the sex."""
        return cls(declared, evidence, verdict(evidence), karyotype)

    @property
    def _is_as_declared(self) -> bool | None:
        """Whether the data fit the declared sex chromosomes; None where none are declared."""
        if self.karyotype is None or self.karyotype is Karyotype.UNKNOWN:
            return None
        known = {
            SexVerdict.WITH_Y: "Y" in self.karyotype.code,
            SexVerdict.ONE_X: self.karyotype.copies == 1,
            SexVerdict.SEVERAL_X: self.karyotype.copies != 1,
        }
        return known.get(self.verdict, self.verdict.code == self.karyotype.code.lower())

    @property
    def _declared_words(self) -> str:
        return self.karyotype.code if self._is_as_declared is not None and self.karyotype else self.declared.value

    @property
    def status(self) -> SexStatus:
        if self.verdict is SexVerdict.NOT_TOLD:
            return SexStatus.NOT_TOLD
        if self._is_as_declared is not None:
            return SexStatus.AGREES if self._is_as_declared else SexStatus.CONFLICT
        if self.declared is not Sex.UNKNOWN and self.verdict.fits is not self.declared:
            return SexStatus.CONFLICT
        if self.verdict.is_unusual:
            return SexStatus.UNUSUAL
        return SexStatus.NOT_DECLARED if self.declared is Sex.UNKNOWN else SexStatus.AGREES

    @property
    def numbers(self) -> tuple[str, ...]:
        """The evidence in sentences."""
        if self.evidence is None:
            return ()
        parts = (self.evidence.reads, self.evidence.genotypes)
        return tuple(part.sentence for part in parts if part)

    @property
    def sentence(self) -> str:
        return " ".join((self._answer, *self.numbers))

    @property
    def warning(self) -> str:
        """What must stand at the top of the report; empty where nothing is out of order."""
        return self._answer if self.status in (SexStatus.CONFLICT, SexStatus.UNUSUAL) else ""

    @property
    def _answer(self) -> str:
        if self.status is SexStatus.NOT_TOLD:
            held = self.evidence is not None and (self.evidence.reads or self.evidence.genotypes)
            return (
                "The data do not tell the sex chromosomes." if held else "The file gives nothing to judge the sex from."
            )
        if self.status is SexStatus.CONFLICT:
            return (
                f"Declared {self._declared_words}, but the data fit {self.verdict.label}: a mix-up of samples, a wrong "
                "declaration, an unusual karyotype, or a stem-cell transplant, after which DNA from blood is the "
                "donor's. Clear this up first; everything here was judged by the declared sex."
            )
        if self.status is SexStatus.UNUSUAL:
            return f"The data fit {self.verdict.label}: confirm by karyotype. {_MEANING[self.verdict]}"
        if self.status is SexStatus.NOT_DECLARED:
            return f"No sex was declared; the data fit {self.verdict.label}. Declare the sex if it is known."
        return f"The data fit {self.verdict.label}, as declared ({self._declared_words})."


_MEANING = {
    SexVerdict.X: "With one X a person of any sex has one copy of FOXP3.",
    SexVerdict.XXY: "With two X a male has two copies of FOXP3 and can be a carrier.",
    SexVerdict.XYY: "There is one copy of FOXP3, as in any male.",
    SexVerdict.XXX: "There are three copies of FOXP3.",
}
