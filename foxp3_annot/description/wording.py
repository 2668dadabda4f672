"""Text as people paste it, made plain: one kind of dash, arrow and space, no decoration."""

import re
import unicodedata

LONGEST = 10_000
"""Characters; a longer text is no description of one variant."""

_SHOWN = 120
_PLAIN = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")  # hyphens, dashes, minus
    | dict.fromkeys("\u2192\u27f6\u279d\u2794\u203a", ">")  # arrows
    | dict.fromkeys("\u2217\u204e", "*")  # asterisks
    | dict.fromkeys("\u0394\u2206\u03b4", "del")  # delta
    | dict.fromkeys("\u2018\u2019\u201c\u201d\u00ab\u00bb", '"')  # quotation marks
)
_ESCAPED = {"%3D": "=", "%3d": "=", "%3E": ">", "%3e": ">", "&gt;": ">", "-->": ">", "->": ">"}


def shown(text: str) -> str:
    """The text as a message may repeat it: on one line and not endless."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."


def plain(text: str) -> str:
    r"""The text in plain characters, without quotes around it or a stop behind it.

    >>> plain(' "c.1150G\u2192A". ')
    'c.1150G>A'
    """
    text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    for escaped, meant in _ESCAPED.items():
        text = text.replace(escaped, meant)
    text = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf")
    )
    return re.sub(r" +", " ", text).strip(" \"'`.,;")
