"""Find sentences again that were joined, beside other splitters; speed, memory and growth.

python scripts/benchmarks/benchmark_segmentation.py data/dev.txt --peers-python venv/bin/python

The text file has one sentence a line (UD_Chinese-GSDSimp dev, for one). Peers are installed
in an environment of their own: pip install pysbd sentencex blingfire numpy syntok. The
sample page of this project is measured too. Prints tables.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from pipeline.records import Document
from pipeline.segment.segment import segment
from pipeline.segment.sentences import sentence_spans

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(__file__).with_name("segmentation_peers.py")
OURS = "yibao"
NAMES = (OURS, "pysbd", "sentencex", "blingfire", "syntok", "regex", "naive")
GROUP = 10
STOPS = "。！？!?.…；;"
QUOTED_ENDINGS = "”’」』\"')）"


@dataclass(frozen=True, slots=True)
class Joined:
    """A text put together of sentences; `ends` are where the inner ones end, blanks left out."""

    text: str
    ends: frozenset[int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one splitter gave for all texts, and the seconds it took."""

    name: str
    pieces: list[list[str]]
    seconds: float


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sentences", type=Path, help="text file, one sentence a line")
    parser.add_argument("--peers-python", default=sys.executable, help="Python that has the peers")
    parser.add_argument("--errors", type=int, default=3, help="errors shown of each splitter")
    parser.add_argument("--largest-megabytes", type=int, default=50)
    options = parser.parse_args()
    lines = options.sentences.read_text(encoding="utf-8").splitlines()
    sentences = [line.strip() for line in lines if line.strip()]
    print_sample()
    for title, changed in (("as they are", sentences), ("hard", list(hardened(sentences)))):
        print_quality(title, joined(changed), options.peers_python, options.errors)
    print_speed(sentences, options.peers_python)
    print_growth(sentences, options.largest_megabytes)


def print_sample() -> None:
    """Print how much of the sample page is as its reference says."""
    gold = [
        json.loads(line)
        for line in (ROOT / "data/references/jinshan-2023-03-05.jsonl").open(encoding="utf-8")
    ]
    text = (ROOT / "data/samples/jinshan-2023-03-05.md").read_text(encoding="utf-8")
    [articles] = segment_all([text])
    found = {
        ("sentence" if block.kind == "paragraph" else block.kind, "".join(sentence.text.split()))
        for article in articles
        for block in article.blocks
        for sentence in block.sentences
    }
    kinds = [(row["kind"], "".join(row["zh"].split())) for row in gold]
    hits = [row for row in kinds if row in found]
    of_sentences = sum(kind == "sentence" for kind, _ in hits)
    print("Sample page")
    print(f"  sentences {of_sentences}/{sum(kind == 'sentence' for kind, _ in kinds)}")
    print(f"  kinds     {len(hits)}/{len(kinds)}, {len(found) - len(hits)} too many")
    warned = [article for article in articles if article.warnings]
    for article in warned:
        print(f"  {article.id}: {article.warnings[0]}")


def segment_all(texts: Sequence[str]) -> list[tuple]:  # type: ignore[type-arg]
    """Run the stage over texts as pages."""
    documents = [Document(f"d{number}", text, "d") for number, text in enumerate(texts)]
    return segment(documents, join_broken_paragraphs=True, max_sentence_chars=200)


def hardened(sentences: Sequence[str]) -> Iterator[str]:
    """Take the final stop of every tenth sentence, put quotes around every seventh."""
    for number, sentence in enumerate(sentences):
        # the fifth of each group of ten: the end of a group is given away by the text's end
        changed = sentence.rstrip(STOPS) if number % 10 == 4 else sentence
        yield f"“{changed}”" if number % 7 == 6 else changed


def joined(sentences: Sequence[str]) -> list[Joined]:
    """Join sentences in groups, without blanks between them."""
    texts = []
    for start in range(0, len(sentences), GROUP):
        group = sentences[start : start + GROUP]
        lengths = [len("".join(sentence.split())) for sentence in group]
        texts.append(Joined("".join(group), frozenset([*accumulate(lengths)][:-1])))
    return texts


def ends_of(pieces: Sequence[str]) -> list[int]:
    """Return where pieces end, counted without blanks, the last one left out."""
    lengths = [length for piece in pieces if (length := len("".join(piece.split())))]
    return [*accumulate(lengths)][:-1]


def answers(texts: Sequence[str], peers_python: str, names: Sequence[str]) -> list[Answer]:
    """Return what every splitter makes of the texts; one that is missing is said and left out."""
    found = []
    for name in names:
        if name == OURS:
            start = time.perf_counter()
            pieces = [[text[s.start : s.end] for s in sentence_spans(text)] for text in texts]
            found.append(Answer(name, pieces, time.perf_counter() - start))
            continue
        answer = subprocess.run(
            [peers_python, str(PEERS), name],
            input=json.dumps(list(texts)),
            capture_output=True,
            text=True,
            check=True,
        )
        values = json.loads(answer.stdout)
        if "missing" in values:
            print(f"  {name}: left out, {values['missing']}")
        else:
            found.append(Answer(name, values["pieces"], values["seconds"]))
    return found


def print_quality(title: str, texts: Sequence[Joined], peers_python: str, errors: int) -> None:
    """Print precision, recall and F1 of every splitter, and where each errs."""
    count = sum(len(text.ends) for text in texts)
    print(f"\nSentences {title}: {count} boundaries in {len(texts)} texts")
    print(f"  {'splitter':<11} {'precision':>9} {'recall':>8} {'F1':>8} {'wrong':>6} {'missed':>6}")
    shown = []
    for answer in answers([text.text for text in texts], peers_python, NAMES):
        hits = wrong = missed = 0
        examples: list[str] = []
        for text, pieces in zip(texts, answer.pieces, strict=True):
            ends = set(ends_of(pieces))
            hits += len(ends & text.ends)
            wrong += len(ends - text.ends)
            missed += len(text.ends - ends)
            examples += [f"wrong  {_around(text, end)}" for end in sorted(ends - text.ends)]
            examples += [f"missed {_around(text, end)}" for end in sorted(text.ends - ends)]
        precision, recall = hits / max(1, hits + wrong), hits / max(1, hits + missed)
        score = 2 * hits / max(1, 2 * hits + wrong + missed)
        shown.append((answer.name, examples))
        print(
            f"  {answer.name:<11} {precision:9.4f} {recall:8.4f} {score:8.4f} {wrong:6} {missed:6}"
        )
    for name, examples in shown:
        step = max(1, len(examples) // errors) if errors else 1
        for example in examples[::step][:errors]:
            print(f"    {name:<11} {example}")


def _around(text: Joined, end: int, characters: int = 12) -> str:
    squeezed = "".join(text.text.split())
    return f"…{squeezed[max(0, end - characters) : end]} ⏐ {squeezed[end : end + characters]}…"


def text_of(sentences: Sequence[str], megabytes: float) -> str:
    """Repeat the sentences, ten in a paragraph, to a text of about this size in UTF-8."""
    paragraph = ["".join(sentences[i : i + GROUP]) for i in range(0, len(sentences), GROUP)]
    whole = "\n\n".join(paragraph) + "\n\n"
    return whole * max(1, round(megabytes * 1e6 / len(whole.encode())))


def print_speed(sentences: Sequence[str], peers_python: str) -> None:
    """Print the seconds of every splitter for 1 MB, paragraph by paragraph, and its rank."""
    paragraphs = text_of(sentences, 1).split("\n\n")
    size = sum(len(paragraph.encode()) for paragraph in paragraphs) / 1e6
    print(f"\nSpeed: {size:.2f} MB in {len(paragraphs)} paragraphs, one core, best of three")
    best: dict[str, float] = {}
    for _ in range(3):
        for answer in answers(paragraphs, peers_python, NAMES):
            best[answer.name] = min(answer.seconds, best.get(answer.name, answer.seconds))
    for name, seconds in sorted(best.items(), key=lambda item: item[1]):
        beside = f"{best['pysbd'] / seconds:8.1f} x pysbd" if "pysbd" in best else ""
        print(f"  {name:<11} {seconds:8.3f} s {size / seconds:8.1f} MB/s {beside}")


def print_growth(sentences: Sequence[str], largest: int) -> None:
    """Print seconds and memory of sentences alone and of the whole stage as the text grows."""
    print("\nGrowth: time for each MB must not grow; peak memory of the process so far")
    stages: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("sentences", sentence_spans),
        ("segment", lambda text: segment_all([text])),
    )
    for name, work in stages:
        for megabytes in (size for size in (1, 2, 5, 10, 20, 50) if size <= largest):
            text = text_of(sentences, megabytes)
            size = len(text.encode()) / 1e6
            start = time.process_time()
            work(text)
            seconds = time.process_time() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rate = seconds / size
            print(f"  {name:<10} {size:6.1f} MB {seconds:8.2f} s {rate:8.3f} s/MB {peak:8.0f} MB")


if __name__ == "__main__":
    main()
