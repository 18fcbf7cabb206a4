"""The translation memory: sentences already translated by the same model and settings.

One SQLite file, shared by runs. Answers are committed every second, so that a killed run
repeats at most what its models answered within it, and the batches in flight.
"""

import hashlib
import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from models.protocols import BEST, Candidate, Request, Search, Translator
from models.runtime.control import NO_CONTROL, Control
from pipeline.ask import ask
from pipeline.language.sentence_key import pairing_key
from pipeline.memory.protocol import Answers, SentenceMemory
from pipeline.memory.schema import COMMENT, EDITOR, move_rows, open_file, reported, transaction
from pipeline.memory.search_name import search_name

UNKNOWN = -1.0  # the confidence of what a server translated without telling one
_LOOKUP_SIZE = 500  # SQLite binds at most 999 values in old builds
DAY_SECONDS = 86_400

COMMIT_SECONDS = 1.0
"""How long answers wait for the others of their window until they are committed."""


class Memory:
    """Translations by (model key, source text) in a SQLite file in WAL mode.

    Several runs may share one file. `clock` tells the seconds since 1970.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._connection = open_file(path)

    def find(self, model: str, sentences: Sequence[str]) -> dict[str, Candidate]:
        """Return what is known of these sentences under this model key.

        What is found counts as used today, which `pipeline memory prune` asks for.
        """
        found: dict[str, Candidate] = {}
        idle: list[str] = []
        now = int(self._clock())
        today = now - now % DAY_SECONDS
        with reported(self._path):
            for start in range(0, len(sentences), _LOOKUP_SIZE):
                chunk = sentences[start : start + _LOOKUP_SIZE]
                marks = ",".join("?" * len(chunk))
                query = (
                    "SELECT source, text, confidence, source_truncated, target_truncated, used, "
                    f"unknown FROM translations WHERE model = ? AND source IN ({marks})"
                )
                with closing(self._connection.execute(query, (model, *chunk))) as rows:
                    for source, text, confidence, source_cut, target_cut, used, strange in rows:
                        found[source] = Candidate(
                            text,
                            None if confidence == UNKNOWN else confidence,
                            bool(source_cut),
                            bool(target_cut),
                            unknown=strange,
                        )
                        if used < today:
                            idle.append(source)
            if idle:
                self._mark_used(model, idle, today)
        return found

    def _mark_used(self, model: str, sources: Sequence[str], today: int) -> None:
        # by the day, so that a nightly run writes each row once at most
        with transaction(self._connection):
            self._connection.executemany(
                "UPDATE translations SET used = ? WHERE model = ? AND source = ?",
                [(today, model, source) for source in sources],
            )

    def add_all(self, answers: Sequence[tuple[str, Answers]]) -> None:
        """Remember translations of several model keys, all or none, on disk when this returns."""
        now = int(self._clock())
        rows = [
            (
                model,
                source,
                c.text,
                UNKNOWN if c.confidence is None else c.confidence,
                c.source_truncated,
                c.target_truncated,
                now,
                now,
                c.unknown,
            )
            for model, pairs in answers
            for source, c in pairs
        ]
        with reported(self._path), transaction(self._connection):
            self._connection.executemany(_INSERT, rows)

    def name(self, model: str, name: str) -> None:
        """Note what people call a model key."""
        known = "SELECT 1 FROM models WHERE model = ? AND name = ?"
        with reported(self._path):
            with closing(self._connection.execute(known, (model, name))) as rows:
                if rows.fetchone():
                    return
            with transaction(self._connection):
                self._connection.execute(
                    "INSERT OR REPLACE INTO models (model, name) VALUES (?, ?)", (model, name)
                )

    def take_over(self, older: Sequence[str], model: str) -> None:
        """Give a model what is remembered under its older keys; keep what it has already."""
        with reported(self._path):
            for old in older:
                move_rows(self._connection, old, model)

    def correct(self, corrections: Sequence[tuple[str, str]], key: str = EDITOR) -> None:
        """Take an editor's English for Chinese sentences, instead of earlier corrections.

        With the `key` COMMENT the texts are comments on the sentences.
        """
        now = int(self._clock())
        changed = {pairing_key(source) for source, _ in corrections}
        with reported(self._path), transaction(self._connection):
            self._remove(key, changed)
            rows = [(key, zh, text, 1.0, False, False, now, now, "") for zh, text in corrections]
            self._connection.executemany(_INSERT, rows)

    def forget(self, sources: Sequence[str]) -> list[tuple[str, str]]:
        """Take back an editor's corrections and comments; (Chinese, text) that they were.

        Spaces make no difference. Other runs and models keep what they said.
        """
        gone = {pairing_key(source) for source in sources}
        with reported(self._path), transaction(self._connection):
            return [*self._remove(EDITOR, gone), *self._remove(COMMENT, gone)]

    def _remove(self, key: str, gone: set[str]) -> list[tuple[str, str]]:
        found = [
            row for row in corrected_rows(self._connection, key) if pairing_key(row[0]) in gone
        ]
        self._connection.executemany(
            "DELETE FROM translations WHERE model = ? AND source = ?",
            [(key, source) for source, _ in found],
        )
        return found

    def corrections(self, key: str = EDITOR) -> dict[str, str]:
        """Return an editor's English, or comments, by `pairing_key` of the Chinese."""
        return {pairing_key(source): text for source, text in self.corrected_pairs(key)}

    def corrected_pairs(self, key: str = EDITOR) -> list[tuple[str, str]]:
        """Return an editor's corrections, Chinese and English, or comments."""
        with reported(self._path):
            return corrected_rows(self._connection, key)

    def close(self) -> None:
        """Close the file; finished work is already in it."""
        self._connection.close()


_INSERT = (
    "INSERT OR REPLACE INTO translations (model, source, text, confidence, source_truncated, "
    "target_truncated, added, used, unknown) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def corrected_rows(connection: sqlite3.Connection, key: str) -> list[tuple[str, str]]:
    """Return an editor's corrections in a file, Chinese and English, or comments."""
    query = "SELECT source, text FROM translations WHERE model = ? ORDER BY source"
    with closing(connection.execute(query, (key,))) as rows:
        return [(source, text) for source, text in rows]


Progress = Callable[[int, int, float], None]
"""Called after each window: sentences remembered, newly translated, share done (0 to 1).

Meanwhile too, with no sentences, for only the share has changed.
"""


@dataclass(frozen=True, slots=True)
class RememberingTranslator:
    """A Translator that asks the memory first and fills it window by window.

    Windows are cut from the sentences sorted by length, remembered or not: a run that
    was killed and picked up again makes the same windows, hence the same batches and
    byte-identical translations. `memory=None` only cuts windows and drops duplicates.
    """

    translator: Translator
    memory: SentenceMemory | None
    model: str
    window_chars: int
    reuse: bool = True
    progress: Progress = lambda remembered, translated, share: None

    def reporting(self, progress: Progress) -> "RememberingTranslator":
        """Return the same translator, telling `progress` of every window."""
        return replace(self, progress=progress)

    @property
    def context_sentences(self) -> int:
        """How many sentences of context the model reads."""
        return self.translator.context_sentences

    @property
    def reads_terms(self) -> bool:
        """True if the model reads the terms of the glossary."""
        return self.translator.reads_terms

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        """Translate each distinct request once; the result has the order of `requests`.

        An answer is remembered by its search, context and terms.
        """
        known: dict[Request, list[Candidate]] = {}
        distinct = len(set(requests))
        for window in _windows(requests, self.window_chars):
            remembered = self._remembered_answers(window, search)
            missing = [request for request in window if request not in remembered]
            known |= remembered
            report = self._share_reporter(len(known), distinct, control)
            if missing:
                known |= self._translate_window(missing, search, replace(control, progress=report))
            self.progress(len(remembered), len(missing), len(known) / distinct)
        return [known[request] for request in requests]

    def _share_reporter(self, done: int, distinct: int, control: Control) -> Callable[[int], None]:
        """Return a callback that reports the share done in a window, a hundredth at a time."""
        reported_until = done

        def report(count: int) -> None:
            nonlocal done, reported_until
            control.progress(count)
            done = min(distinct, done + count)
            if 100 * (done - reported_until) >= distinct:
                reported_until = done
                self.progress(0, 0, done / distinct)

        return report

    def _remembered_answers(
        self, window: Sequence[Request], search: Search
    ) -> dict[Request, list[Candidate]]:
        # all ranks are written at once: where the first is there, all are
        first, *others = [self._remembered(window, rank) for rank in _ranks(search)]
        return {
            request: [best, *(rank[request] for rank in others if request in rank)]
            for request, best in first.items()
        }

    def _remembered(self, window: Sequence[Request], rank: str) -> dict[Request, Candidate]:
        if not self.memory or not self.reuse:
            return {}
        by_key: dict[str, list[Request]] = defaultdict(list)
        for request in window:
            by_key[self._key(request, rank)].append(request)
        remembered: dict[Request, Candidate] = {}
        for key, requests in by_key.items():
            known = self.memory.find(key, [request.sentence for request in requests])
            remembered |= {r: known[r.sentence] for r in requests if r.sentence in known}
        return remembered

    def _translate_window(
        self, missing: Sequence[Request], search: Search, control: Control
    ) -> dict[Request, list[Candidate]]:
        """Translate the requests; what is answered is remembered even if the others fail."""
        saving = _Saving(lambda answers: self._remember(answers, search))

        def answered(places: Sequence[int], answers: Sequence[list[Candidate]]) -> None:
            saving.add([missing[place] for place in places], answers)

        try:
            found = ask(
                self.translator, missing, search, control=replace(control, answered=answered)
            )
            saving.add(missing, found)
        finally:
            saving.flush()
        return dict(zip(missing, found, strict=True))

    def _remember(self, answers: Sequence[tuple[Request, list[Candidate]]], search: Search) -> None:
        if not self.memory:
            return
        by_key: dict[str, list[tuple[str, Candidate]]] = defaultdict(list)
        for request, candidates in answers:
            # What failed is asked again by the next run.
            if any(candidate.failure for candidate in candidates):
                continue
            for rank, candidate in zip(_ranks(search), candidates, strict=False):
                by_key[self._key(request, rank)].append((request.sentence, candidate))
        if by_key:
            self.memory.add_all(list(by_key.items()))

    def _key(self, request: Request, rank: str) -> str:
        """Return the key of an answer: model, rank, and what the model read besides."""
        if not request.context and not request.terms:
            return f"{self.model}{rank}"
        told = json.dumps([request.context, request.terms]).encode()
        return f"{self.model}{rank} told {hashlib.sha256(told).hexdigest()[:32]}"


class _Saving:
    """Collects answers and saves them every COMMIT_SECONDS; each request once."""

    def __init__(self, save: Callable[[Sequence[tuple[Request, list[Candidate]]]], None]) -> None:
        self._save = save
        self._waiting: dict[Request, list[Candidate]] = {}
        self._saved: set[Request] = set()
        self._since = time.monotonic()

    def add(self, requests: Sequence[Request], answers: Sequence[list[Candidate]]) -> None:
        """Take answers, and save those that have waited long enough."""
        for request, candidates in zip(requests, answers, strict=True):
            if request not in self._saved:
                self._waiting[request] = candidates
        if time.monotonic() - self._since >= COMMIT_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Save what waits."""
        waiting = list(self._waiting.items())
        self._waiting = {}
        self._saved.update(request for request, _ in waiting)
        self._save(waiting)
        self._since = time.monotonic()


def _ranks(search: Search) -> list[str]:
    """Return what each answer to a search adds to its key: nothing for the best one."""
    if search == BEST:
        return [""]
    return [f" {search_name(search)} {rank}" for rank in range(search.count)]


def _windows(requests: Sequence[Request], window_chars: int) -> Iterator[list[Request]]:
    """Yield the distinct requests, longest sentence first, in windows of a padded size."""
    window: list[Request] = []
    longest = 0
    for request in sorted(set(requests), key=_order):
        if window and longest * (len(window) + 1) > window_chars:
            yield window
            window = []
        if not window:
            longest = len(request.sentence)
        window.append(request)
    if window:
        yield window


def _order(request: Request) -> tuple[object, ...]:
    return (-len(request.sentence), request.sentence, request.context, request.terms)
