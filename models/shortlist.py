"""Which words a sentence's translation may need: the output layer computes only these.

ranked target pieces   |-- level 0 --|
                       |------ level 1 ------|
                       |------------- level 2 -------------| … |-- the whole vocabulary --|

A sentence gets the smallest level that is expected to hold its translation, from its own
words alone, and is decoded beside sentences of the same level only. So its answer does
not depend on its neighbours, as it would with the usual union of the candidates of a batch
(CTranslate2's and Marian's). Levels are nested, so there are few of them and batches stay full.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models.architecture import read_json
from models.aside import aside_of, sweep
from models.errors import WeightsError
from models.sums import digest_text

SHORTLIST = "shortlist.json"
VERSION = 1

# Risks are stored as whole thousandths: 1000 is one word missed for every such piece.
RISK_UNIT = 1000

ADDED_BY_CTRANSLATE2 = frozenset({"</s>", "<s>", "<unk>", "<pad>", "<blank>"})


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Nested sets of target ids, and what each source id risks in each of them.

    `ranked` are target ids, the most useful first; level k holds the first `sizes[k]` of
    them. `risks[id][k]` is how many words of a translation lie beyond level k for each time
    the source id comes, in thousandths; an id without a row needs the whole vocabulary.
    `tolerance` is the mean risk, in thousandths, that the source ids of a sentence may have.
    Where it is `complete`, the last level holds all that the model can write, and has no risk.
    """

    ranked: tuple[int, ...]
    sizes: tuple[int, ...]
    risks: dict[int, tuple[int, ...]]
    tolerance: int
    complete: bool

    @property
    def whole(self) -> int:
        """The level that stands for the whole vocabulary."""
        return len(self.sizes)

    def level(self, ids: Sequence[int]) -> int:
        """Give the smallest level whose risk for these source ids is within the tolerance."""
        judged = len(self.sizes) - self.complete
        unknown = (RISK_UNIT,) * judged
        rows = [self.risks.get(token, unknown) for token in ids]
        for level in range(judged):
            if sum(row[level] for row in rows) <= self.tolerance * len(ids):
                return level
        return judged

    @property
    def identity(self) -> str:
        """Tell its levels from those of others: a converted model has them inside."""
        return digest_text(f"{self.sizes} {self.ranked}")[:16]


def mark(level: int) -> str:
    """Name the source piece that ends a sentence of this level in a converted model.

    Its embedding is that of the end token; the name is what CTranslate2 looks up in its
    vocabulary map.
    """
    return f"<shortlist_{level}>"


def output_order(shortlist: Shortlist, names: Sequence[str]) -> list[int]:
    """Order the target ids so that every level is a run from the first on.

    CTranslate2 4.8 keeps a word's place in the output from one batch to the next: it has to
    be the same in every level. What it adds to all of them comes first; a piece with a blank
    inside cannot be listed in its vocabulary map and comes after all levels.
    """
    fixed = [token for token, name in enumerate(names) if name in ADDED_BY_CTRANSLATE2]
    listed = [k for k in shortlist.ranked if k < len(names) and len(names[k].split()) == 1]
    return list(dict.fromkeys([*fixed, *listed, *range(len(names))]))


def vocabulary_map(shortlist: Shortlist, ordered: Sequence[str]) -> Iterator[str]:
    """Give the lines of CTranslate2's vmap.txt: a mark, a tab, the pieces of its level.

    `ordered` are the names of the target pieces in `output_order`.
    """
    for level, size in enumerate(shortlist.sizes):
        yield f"{mark(level)}\t{' '.join(ordered[:size])}\n"


def read_shortlist(path: Path) -> Shortlist:
    """Read a shortlist file. Raises WeightsError where it is none, or of another version."""
    content = read_json(path)
    try:
        if content["version"] != VERSION:
            raise WeightsError(
                f"{path}: version {content['version']}, this program reads {VERSION}; make it "
                "anew with: pipeline models shortlist"
            )
        shortlist = Shortlist(
            ranked=tuple(int(token) for token in content["ranked"]),
            sizes=tuple(int(size) for size in content["sizes"]),
            risks=_rows(content["risks"]),
            tolerance=int(content["tolerance"]),
            complete=bool(content["complete"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            f"{path}: no shortlist ({type(error).__name__}: {error}); make it anew with: "
            "pipeline models shortlist"
        ) from error
    widths = {len(row) for row in shortlist.risks.values()}
    nested = list(shortlist.sizes) == sorted(set(shortlist.sizes))
    fits = widths <= {len(shortlist.sizes) - shortlist.complete}
    if not fits or not nested or max(shortlist.sizes, default=0) > len(shortlist.ranked):
        raise WeightsError(f"{path}: its levels do not fit its rows; make it anew")
    return shortlist


def write_shortlist(path: Path, shortlist: Shortlist) -> None:
    """Write a shortlist file; equal ones give equal bytes."""
    aside = aside_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent, path.name.__eq__)
        aside.write_text(_text(shortlist), encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        raise WeightsError(f"{path}: cannot be written: {error.strerror}") from None


def weighed_words(
    wanted: Literal["auto", "writable", "off"], folder: Path, cache: Path, identity: str
) -> Path | Literal["writable"] | None:
    """Find what a translator weighs: a shortlist, all it can write, or None, its vocabulary."""
    found = find_shortlist(folder, cache, identity)
    if wanted == "auto" and found:
        return found
    # Marian's layout says what was written in training.
    told = (folder / "target.spm").is_file()
    return "writable" if told and wanted != "off" else None


def find_shortlist(folder: Path, cache: Path, identity: str) -> Path | None:
    """Give the shortlist of a model: the one in its folder, else the one made for it."""
    for path in (folder / SHORTLIST, cached_path(cache, identity)):
        if path.is_file():
            return path
    return None


def cached_path(cache: Path, identity: str) -> Path:
    """Name the file in the cache for the shortlist of a model that came without one."""
    return cache / "shortlists" / f"{digest_text(identity)[:32]}.json"


def _text(shortlist: Shortlist) -> str:
    grouped: dict[str, list[int]] = {}
    for token, row in sorted(shortlist.risks.items()):
        grouped.setdefault(" ".join(map(str, row)), []).append(token)
    content: dict[str, Any] = {
        "version": VERSION,
        "sizes": list(shortlist.sizes),
        "tolerance": shortlist.tolerance,
        "complete": shortlist.complete,
        "ranked": list(shortlist.ranked),
        "risks": grouped,
    }
    return json.dumps(content, separators=(",", ":")) + "\n"


def _rows(grouped: dict[str, list[int]]) -> dict[int, tuple[int, ...]]:
    """Undo the grouping by equal rows that keeps the file small."""
    rows: dict[int, tuple[int, ...]] = {}
    for text, tokens in grouped.items():
        row = tuple(int(part) for part in text.split())
        rows.update((int(token), row) for token in tokens)
    return rows
