"""The translation memory: sentences already translated by the same model and settings.

One SQLite file, shared by runs. A window of sentences is committed as soon as the model
has answered, so that a killed run repeats at most the window that was in flight.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from models.protocols import Candidate, Retranslator, Search, Translator
from pipeline.errors import AlignmentError, StoreError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS translations (
    model TEXT NOT NULL,
    source TEXT NOT NULL,
    text TEXT NOT NULL,
    confidence REAL NOT NULL,
    source_truncated INTEGER NOT NULL,
    target_truncated INTEGER NOT NULL,
    PRIMARY KEY (model, source)
) WITHOUT ROWID
"""
_LOOKUP_SIZE = 500  # SQLite binds at most 999 values in old builds


class Memory:
    """Translations by (model key, source text) in a SQLite file in WAL mode."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=30)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"{path}: the translation memory cannot be opened: {error}; "
                "name another file in runtime.memory, or 'off'"
            ) from None

    def find(self, model: str, sentences: Sequence[str]) -> dict[str, Candidate]:
        """Return what is known of these sentences under this model key."""
        found: dict[str, Candidate] = {}
        for start in range(0, len(sentences), _LOOKUP_SIZE):
            chunk = sentences[start : start + _LOOKUP_SIZE]
            marks = ",".join("?" * len(chunk))
            query = (
                "SELECT source, text, confidence, source_truncated, target_truncated "
                f"FROM translations WHERE model = ? AND source IN ({marks})"
            )
            with closing(self._connection.execute(query, (model, *chunk))) as rows:
                for source, text, confidence, source_cut, target_cut in rows:
                    found[source] = Candidate(text, confidence, bool(source_cut), bool(target_cut))
        return found

    def add(self, model: str, pairs: Sequence[tuple[str, Candidate]]) -> None:
        """Remember translations, all or none, on disk when this returns."""
        rows = [
            (model, source, c.text, c.confidence, c.source_truncated, c.target_truncated)
            for source, c in pairs
        ]
        try:
            with self._connection:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO translations VALUES (?, ?, ?, ?, ?, ?)", rows
                )
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: the translation memory failed: {error}") from None

    def close(self) -> None:
        """Close the file; finished work is already in it."""
        self._connection.close()


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
            # rank 0 is written last: where it is there, all are
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
            for rank, key in reversed(list(enumerate(keys))):
                self._memory.add(key, [(s, own[rank]) for s, own in pairs if rank < len(own)])
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
