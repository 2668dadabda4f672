"""The closed vocabularies of the knowledge tables. Each word carries what it means."""

import enum
from collections.abc import Iterable


class Side(enum.Enum):
    """Which way a classification speaks."""

    DISEASE = "disease"
    BENIGN = "benign"
    NEITHER = "neither"


class Word(enum.Enum):
    """A vocabulary whose members have a code, as written in a cell, and a label."""

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


class Classification(Word):
    """What a source says of a variant: the five ACMG/AMP tiers, ClinVar's conflict, and two words for
    publications that assign no tier. Reported by us, never invented."""

    PATHOGENIC = ("pathogenic", "pathogenic", Side.DISEASE)
    LIKELY_PATHOGENIC = ("likely_pathogenic", "likely pathogenic", Side.DISEASE)
    DISEASE_ASSOCIATED = ("disease_associated", "reported in IPEX, without an ACMG/AMP class", Side.DISEASE)
    CONFLICTING = ("conflicting", "conflicting classifications", Side.NEITHER)
    UNCERTAIN = ("uncertain", "uncertain significance", Side.NEITHER)
    LIKELY_BENIGN = ("likely_benign", "likely benign", Side.BENIGN)
    BENIGN = ("benign", "benign", Side.BENIGN)
    REFUTED = ("refuted", "refuted: once published as a mutation, later shown not to be one", Side.BENIGN)

    def __init__(self, code: str, label: str, side: Side) -> None:
        super().__init__(code, label)
        self.side = side


class Reading(Word):
    """What of a source was read, the best first."""

    FULL_TEXT = ("full_text", "the paper itself")
    ABSTRACT = ("abstract", "its abstract or summary")
    DATABASE = ("database", "a record of a database")
    SECONDARY = ("secondary", "what another publication says of it")
    WEB_PAGE = ("web_page", "a web page without peer review")
    CITATION_ONLY = ("citation_only", "only the reference, in another source")
    IDENTIFIER_ONLY = ("identifier_only", "only its number, linked by a database")
    NOT_VERIFIED = ("not_verified", "nothing: nobody could open it")

    @property
    def rank(self) -> int:
        """0 for the best reading."""
        return list(Reading).index(self)


class SourceKind(Word):
    """What a source is."""

    ARTICLE = ("article", "article in a journal: cases, cohorts or experiments")
    REVIEW = ("review", "review or systematic review")
    CONFERENCE_ABSTRACT = ("conference_abstract", "abstract of a conference")
    DATABASE = ("database", "database or data file")
    PREPRINT = ("preprint", "preprint, not peer reviewed")
    THESIS = ("thesis", "thesis")
    GUIDELINE = ("guideline", "guideline or standard")
    WEB_PAGE = ("web_page", "web page without peer review")
    OWN_OBSERVATION = ("own_observation", "unpublished observation of the laboratory that keeps the pack")


class Direction(Word):
    """What an experiment found of the variant, against the wild type."""

    ABSENT = ("absent", "lost altogether")
    REDUCED = ("reduced", "lower than in the wild type")
    NORMAL = ("normal", "as in the wild type")
    INCREASED = ("increased", "higher than in the wild type")
    ALTERED = ("altered", "changed in kind: another partner, product or place")
    CONTRADICTORY = ("contradictory", "results of one source that point both ways")


class LesionType(Word):
    """What a structural lesion does to the sequence."""

    DELETION = ("deletion", "bases lost")
    DUPLICATION = ("duplication", "bases present twice")
    INSERTION = ("insertion", "bases added")
    INVERSION = ("inversion", "bases turned round")
    COMPLEX = ("complex", "several of these together")


class CaseLevel(Word):
    """Whom a row of the case table stands for."""

    INDIVIDUAL = ("individual", "one person")
    FAMILY = ("family", "a family of which the members are not told apart")
    GROUP = ("group", "several unrelated people of whom only figures together are known")


class CaseSex(Word):
    """Sex of a published individual."""

    MALE = ("male", "male")
    FEMALE = ("female", "female")
    MIXED = ("mixed", "males and females, in a row for several people")
    UNKNOWN = ("unknown", "not told")


class CaseZygosity(Word):
    """Copies of the variant in a published individual."""

    HEMIZYGOUS = ("hemizygous", "the only copy of a male")
    HETEROZYGOUS = ("heterozygous", "one of two copies")
    HOMOZYGOUS = ("homozygous", "both of two copies")
    MOSAIC = ("mosaic", "in part of the cells")
    UNKNOWN = ("unknown", "not told")


class Answer(Word):
    """Whether something was done."""

    YES = ("yes", "yes")
    NO = ("no", "no")
    UNKNOWN = ("unknown", "not told")


class Outcome(Word):
    """What became of a published individual by the time of the report."""

    ALIVE = ("alive", "alive when last seen")
    DEAD = ("dead", "dead")
    FETAL_DEATH = ("fetal_death", "died before birth")
    UNKNOWN = ("unknown", "not told")


class Inheritance(Word):
    """How the variant came to a published individual."""

    MATERNAL = ("maternal", "from the mother, a carrier")
    DE_NOVO = ("de_novo", "new: not found in the mother")
    BIPARENTAL = ("biparental", "from both parents")
    UNKNOWN = ("unknown", "not told")


class TermRole(Word):
    """What a phenotype means for the diagnosis."""

    CORE = ("core", "one of the features that IPEX is known by")
    SUPPORT = ("support", "seen in IPEX and in much else")
    META = ("meta", "inheritance or course, not a feature")


class Topic(Word):
    """What a statement on management is about."""

    DEFINITIVE_THERAPY = ("definitive_therapy", "transplantation and what may replace it")
    CONDITIONING = ("conditioning", "conditioning before a transplant")
    IMMUNOSUPPRESSION = ("immunosuppression", "immunosuppression")
    BIOLOGICS = ("biologics", "biologics and other targeted drugs")
    SUPPORTIVE = ("supportive", "supportive care")
    NUTRITION = ("nutrition", "nutrition")
    ENDOCRINE = ("endocrine", "diabetes and other endocrine disease")
    SKIN = ("skin", "skin")
    INFECTION = ("infection", "infection")
    HAEMATOLOGY = ("haematology", "blood")
    LABORATORY = ("laboratory", "laboratory work-up")
    MONITORING = ("monitoring", "monitoring")
    GENETIC_COUNSELLING = ("genetic_counselling", "inheritance and family")
    PREVENTION = ("prevention", "prevention")
    AVOID = ("avoid", "what to avoid")
    PITFALL = ("pitfall", "pitfalls")


class Situation(Word):
    """When a statement on management concerns a sample."""

    ANY_FINDING = ("any_finding", "any finding in FOXP3")
    HEMIZYGOUS_DISEASE_VARIANT = ("hemizygous_disease_variant", "a male with a variant reported in IPEX")
    UNCERTAIN_VARIANT = ("uncertain_variant", "a variant whose meaning is open")
    HETEROZYGOUS_FEMALE = ("heterozygous_female", "a female carrier")
    AFTER_TRANSPLANT = ("after_transplant", "a sample taken after a transplant")
    NO_VARIANT_FOUND = ("no_variant_found", "nothing found in FOXP3")
    BACKGROUND = ("background", "background, tied to no finding")


def codes(vocabulary: Iterable[Word]) -> dict[str, str]:
    """Code to label, in the order of the vocabulary."""
    return {word.code: word.label for word in vocabulary}
