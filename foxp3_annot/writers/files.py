"""Files that appear whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from foxp3_annot.errors import InputError


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A path beside the target to write to; it takes the target's place when the block ends without error."""
    stage = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield stage
        with stage.open("rb") as written:
            os.fsync(written.fileno())
        stage.replace(target)
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error})") from error
    finally:
        with suppress(OSError):
            stage.unlink()


def write_text(target: Path, text: str) -> None:
    """Write text as UTF-8 with LF line ends, whole or not at all."""
    with staged(target) as stage:
        stage.write_text(text, encoding="utf-8", newline="\n")


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all."""
    with staged(target) as stage:
        shutil.copyfile(source, stage)


def safe_name(text: str) -> str:
    """A file name for any text, one for each: unsafe characters and a leading dot are percent-encoded.

    >>> safe_name("../a b")
    '%2E.%2Fa%20b'
    """
    name = quote(text, safe="")
    return f"%2E{name[1:]}" if name.startswith(".") else name
