"""Sentence splitters of others over texts given as JSON on stdin; run by their own Python.

python scripts/benchmarks/segmentation_peers.py NAME < texts.json

Prints {"pieces": [[…], …], "seconds": …}; a splitter that is not installed gives
{"missing": reason}. No import of this project: the peers' environment does not have it.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module

Splitter = Callable[[str], Sequence[str]]

NAMES = ("pysbd", "sentencex", "blingfire", "syntok", "regex", "naive")


def splitter(name: str) -> Splitter:
    """Return a splitter by name. Raises ImportError if it is not installed."""
    match name:
        case "pysbd":
            pysbd = import_module("pysbd").Segmenter(language="zh", clean=False)
            return lambda text: list(pysbd.segment(text))
        case "sentencex":
            sentencex = import_module("sentencex")
            return lambda text: list(sentencex.segment("zh", text))
        case "blingfire":
            blingfire = import_module("blingfire")
            return lambda text: str(blingfire.text_to_sentences(text)).split("\n")
        case "syntok":
            segmenter = import_module("syntok.segmenter")
            return lambda text: [
                "".join(token.spacing + token.value for token in sentence)
                for paragraph in segmenter.analyze(text)
                for sentence in paragraph
            ]
        case "regex":
            # what most scripts do: cut after every stop
            return lambda text: re.findall(r"[^。！？!?]*[。！？!?]+|[^。！？!?]+$", text)
        case _:
            return _naive


def _naive(text: str) -> list[str]:
    """Cut after a stop, keep closing quotes with it: the rule that translation wrappers use."""
    marked = re.sub(r"([。！？?!])([^”’」』])", r"\1\n\2", text)
    marked = re.sub(r"([。！？?!][”’」』])([^，。！？?!])", r"\1\n\2", marked)
    marked = re.sub(r"(\.{6}|…{2})([^”’」』])", r"\1\n\2", marked)
    return marked.split("\n")


def main() -> None:
    """Split all texts from stdin, timed without start-up."""
    texts: list[str] = json.load(sys.stdin)
    try:
        split = splitter(sys.argv[1])
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return
    split("预热。一句。")
    start = time.perf_counter()
    pieces = [list(split(text)) for text in texts]
    print(json.dumps({"pieces": pieces, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
