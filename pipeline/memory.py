"""The translation memory: sentences already translated by the same model and settings.

One SQLite file, shared by runs. A window of sentences is committed as soon as the model
has answered, so that a killed run repeats at most the window that was in flight.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from models.protocols import Candidate, Retranslator, Search, Translator
from pipeline.errors import AlignmentError
from pipeline.memoryfile import EDITOR, open_file, reported, transaction
from pipeline.text.pairing import pairing_key

_LOOKUP_SIZE = 500  # SQLite binds at most 999 values in old builds
_DAY_SECONDS = 86_400

Answers = Sequence[tuple[str, Candidate]]
"""Pairs of source text and translation."""


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
        today = now - now % _DAY_SECONDS
        with reported(self._path):
            for start in range(0, len(sentences), _LOOKUP_SIZE):
                chunk = sentences[start : start + _LOOKUP_SIZE]
                marks = ",".join("?" * len(chunk))
                query = (
                    "SELECT source, text, confidence, source_truncated, target_truncated, used "
                    f"FROM translations WHERE model = ? AND source IN ({marks})"
                )
                with closing(self._connection.execute(query, (model, *chunk))) as rows:
                    for source, text, confidence, source_cut, target_cut, used in rows:
                        found[source] = Candidate(
                            text, confidence, bool(source_cut), bool(target_cut)
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

    def add(self, model: str, pairs: Answers) -> None:
        """Remember translations, all or none, on disk when this returns."""
        self.add_all([(model, pairs)])

    def add_all(self, answers: Sequence[tuple[str, Answers]]) -> None:
        """Remember translations of several model keys, all or none of them."""
        now = int(self._clock())
        rows = [
            (model, source, c.text, c.confidence, c.source_truncated, c.target_truncated, now, now)
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

    def correct(self, corrections: Sequence[tuple[str, str]]) -> None:
        """Take an editor's English for Chinese sentences, instead of earlier corrections."""
        now = int(self._clock())
        changed = {pairing_key(source) for source, _ in corrections}
        with reported(self._path), transaction(self._connection):
            known = _corrections(self._connection)
            earlier = [source for source, _ in known if pairing_key(source) in changed]
            self._connection.executemany(
                "DELETE FROM translations WHERE model = ? AND source = ?",
                [(EDITOR, source) for source in earlier],
            )
            rows = [(EDITOR, zh, en, 1.0, False, False, now, now) for zh, en in corrections]
            self._connection.executemany(_INSERT, rows)

    def corrections(self) -> dict[str, str]:
        """Return an editor's English by `pairing_key` of the Chinese."""
        with reported(self._path):
            return {pairing_key(source): text for source, text in _corrections(self._connection)}

    def close(self) -> None:
        """Close the file; finished work is already in it."""
        self._connection.close()


_INSERT = (
    "INSERT OR REPLACE INTO translations (model, source, text, confidence, source_truncated, "
    "target_truncated, added, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def _corrections(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    query = "SELECT source, text FROM translations WHERE model = ? ORDER BY source"
    with closing(connection.execute(query, (EDITOR,))) as rows:
        return [(source, text) for source, text in rows]


Progress = Callable[[int, int, float], None]
"""Called after each window: sentences remembered, newly translated, share done (0 to 1)."""


class RememberingTranslator:
    """A Translator that asks the memory first and fills it window by window.

    Windows are cut from the sentences sorted by length, remembered or not: a run that
    was killed and picked up again makes the same windows, hence the same batches and
    byte-identical translations. `memory=None` only cuts windows and drops duplicates.
    """

    def __init__(
        self,
        translator: Translator,
        *,
        memory: Memory | None,
        model: str,
        window_chars: int,
        reuse: bool = True,
        progress: Progress = lambda remembered, translated, share: None,
    ) -> None:
        self._translator = translator
        self._memory = memory
        self._model = model
        self._window_chars = window_chars
        self._reuse = reuse
        self._progress = progress

    def reporting(self, progress: Progress) -> "RememberingTranslator":
        """Give the same translator, telling `progress` of every window."""
        return RememberingTranslator(
            self._translator,
            memory=self._memory,
            model=self._model,
            window_chars=self._window_chars,
            reuse=self._reuse,
            progress=progress,
        )

    def hypotheses(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        """Give other translations, remembered by the search that found them.

        A model that offers none gives none: every list is empty.
        """
        if not isinstance(self._translator, Retranslator):
            return [[] for _ in sentences]
        keys = [f"{self._model} {search} {rank}" for rank in range(search.count)]
        known: dict[str, list[Candidate]] = {}
        for window in _windows(sentences, self._window_chars):
            # all ranks are written at once: where the first is there, all are
            memory = self._memory if self._reuse else None
            ranks = [memory.find(key, window) for key in keys] if memory else [{}]
            found = {
                sentence: [rank[sentence] for rank in ranks if sentence in rank]
                for sentence in ranks[0]
            }
            missing = [sentence for sentence in window if sentence not in found]
            known |= found | self._search_window(self._translator, missing, search, keys)
        return [known[sentence] for sentence in sentences]

    def _search_window(
        self,
        translator: Retranslator,
        missing: Sequence[str],
        search: Search,
        keys: Sequence[str],
    ) -> dict[str, list[Candidate]]:
        if not missing:
            return {}
        answers = translator.hypotheses(missing, search)
        _check_count(translator, len(answers), len(missing))
        pairs = list(zip(missing, answers, strict=True))
        if self._memory:
            self._memory.add_all(
                [
                    (key, [(s, own[rank]) for s, own in pairs if rank < len(own)])
                    for rank, key in enumerate(keys)
                ]
            )
        return dict(pairs)

    def translate(self, sentences: Sequence[str]) -> list[Candidate]:
        """Translate each distinct sentence once; the result has the input's order."""
        known: dict[str, Candidate] = {}
        distinct = len(set(sentences))
        for window in _windows(sentences, self._window_chars):
            found = self._memory.find(self._model, window) if self._memory and self._reuse else {}
            missing = [sentence for sentence in window if sentence not in found]
            fresh = self._translate_window(missing) if missing else {}
            known |= found | fresh
            self._progress(len(found), len(fresh), len(known) / distinct)
        return [known[sentence] for sentence in sentences]

    def _translate_window(self, missing: Sequence[str]) -> dict[str, Candidate]:
        candidates = self._translator.translate(missing)
        _check_count(self._translator, len(candidates), len(missing))
        pairs = list(zip(missing, candidates, strict=True))
        if self._memory:
            self._memory.add(self._model, pairs)
        return dict(pairs)


def _check_count(translator: object, found: int, asked: int) -> None:
    if found != asked:
        raise AlignmentError(
            f"{type(translator).__name__} returned {found} translations for {asked} sentences"
        )


def _windows(sentences: Sequence[str], window_chars: int) -> Iterator[list[str]]:
    """Yield the distinct sentences, longest first, in windows of a padded size."""
    window: list[str] = []
    for sentence in sorted(set(sentences), key=lambda text: (-len(text), text)):
        longest = len(window[0]) if window else 0
        if window and longest * (len(window) + 1) > window_chars:
            yield window
            window = []
        window.append(sentence)
    if window:
        yield window
