"""What can go wrong, by cause. Only the command line turns these into a sentence and an exit status."""


class Foxp3Error(Exception):
    """An expected failure. Its text is one sentence: what is wrong, where, and the likely remedy."""

    exit_status = 2


class InputError(Foxp3Error):
    """A file or an argument that the user gave cannot be used as it is."""


class AssemblyError(InputError):
    """The genome build of a file is contradictory, undecidable or not supported."""


class ReferenceMismatchError(InputError):
    """A record states a reference base that the reference does not have; nothing after it can be trusted."""


class OutOfWindowError(InputError):
    """A position lies outside the embedded window of chromosome X."""


class DescriptionError(InputError):
    """The text of a variant cannot be understood, or does not fit the reference."""


class ResourceError(Foxp3Error):
    """A file that the program ships, or that replaces one, is damaged or unsound."""

    exit_status = 3
