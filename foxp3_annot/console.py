"""What all commands share: errors as one sentence and a status, and progress for a person at a terminal."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click

from foxp3_annot.errors import Foxp3Error

P = ParamSpec("P")


def told(command: Callable[P, None]) -> Callable[P, None]:
    """Expected errors become one sentence and an exit status; surprises keep their traceback."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Foxp3Error as error:
            for line in str(error).splitlines():
                click.echo(f"foxp3-annot: {line}", err=True)
            sys.exit(error.exit_status)

    return wrapped


def progress(text: str) -> None:
    """A line of progress for a person at a terminal; nothing in a log."""
    if sys.stderr.isatty():
        click.echo(f"foxp3-annot: {text}", err=True)
