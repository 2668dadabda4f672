"""What every reader does with htslib: collect what it says past Python, and keep it from any network."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pysam

SILENT, ERRORS = 0, 1
pysam.set_verbosity(SILENT)

NOWHERE = "/nonexistent/foxp3-annot"
"""A path under which no reference is found."""

_PROXIES = ("http_proxy", "https_proxy", "HTTPS_PROXY", "ftp_proxy", "FTP_PROXY", "all_proxy", "ALL_PROXY")
_NO_NETWORK = {
    "REF_PATH": NOWHERE,
    "REF_CACHE": f"{NOWHERE}/%s",
    **dict.fromkeys(_PROXIES, "http://127.0.0.1:9"),
    "no_proxy": "",
    "NO_PROXY": "",
}
"""Where htslib looks for the sequences of a CRAM file (samtools manual, REF_PATH), and the proxies through which its
libcurl would reach an address in a header (`@SQ UR`); port 9 of this machine discards."""


class HtslibError(Exception):
    """A command of samtools or bcftools failed; its text is the most telling line of what was said."""


@contextmanager
def stderr_into(stream: IO[bytes]) -> Iterator[None]:
    """Collect what htslib, which writes past Python, says on standard error."""
    sys.stderr.flush()
    kept = os.dup(2)
    pysam.set_verbosity(ERRORS)
    try:
        os.dup2(stream.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        pysam.set_verbosity(SILENT)


@contextmanager
def without_network() -> Iterator[None]:
    """htslib fetches no reference sequence for the time of the block; the environment is as before afterwards."""
    before = {name: os.environ.get(name) for name in _NO_NETWORK}
    os.environ.update(_NO_NETWORK)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def reason(htslib: str, command: str) -> str:
    """The most telling of the messages, in one line."""
    if "EOF marker" in command or "bgzf_read" in htslib:
        return "it is truncated or damaged"
    errors = [line.split("] ", 1)[-1] for line in htslib.splitlines() if line.startswith("[E::")]
    if errors:
        return errors[0][:200]
    message = command.split("stderr=", 1)[-1].replace("\\n", "\n").strip(" '\"\n")
    return message.splitlines()[-1][:200] if message else "no reason given"
