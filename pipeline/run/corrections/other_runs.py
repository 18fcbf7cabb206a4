"""Which rows of an editor's file are of another run, or have Chinese that somebody changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from models.patterns import lazy
from pipeline.input.exchange.xml_file import xml_text
from pipeline.input.pairs import Pair
from pipeline.language.sentence_key import pairing_key

_OURS = lazy(r".#s\d+$", re.DOTALL)
"""How an export calls the sentences of a run; other tools number them."""
_LIKE = 0.5  # likeness from which a sentence is an edited copy of another one


def exchange_key(zh: str) -> str:
    """Return what of a Chinese sentence every file keeps: XML holds no control characters."""
    return pairing_key(xml_text(zh))


def misplaced(pairs: Sequence[Pair], sentences: Mapping[str, str]) -> Iterator[tuple[Pair, str]]:
    """Yield the pairs whose Chinese is not in a run, each with the reason.

    `sentences` are the Chinese sentences of the run by their names. Only pairs with such a name,
    which are from an export, can be misplaced.
    """
    keys = {exchange_key(zh) for zh in sentences.values()}
    for pair in pairs:
        if _OURS.search(pair.identifier) and exchange_key(pair.zh) not in keys:
            before = sentences.get(pair.identifier, "")
            reason = (
                f"not a sentence of this run; found {pair.identifier}; name the run it was "
                "exported from, or add --all"
            )
            if SequenceMatcher(None, before, pair.zh, autojunk=False).ratio() >= _LIKE:
                reason = (
                    f"the Chinese was edited: {pair.identifier} is '{before[:40]}' in the run; "
                    "write that again"
                )
            yield pair, reason
