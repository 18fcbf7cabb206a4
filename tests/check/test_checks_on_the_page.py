"""The checks on the sample page: silent on its human translation, loud when it is spoilt."""

import json
from pathlib import Path

import pytest

from pipeline.check.checks import findings
from pipeline.check.numbers import ledger
from pipeline.language.glossary import kept_terms, parse_glossary
from pipeline.translate.amounts import corrected

ROOT = Path(__file__).parents[2]
PAIRS = [
    (row["zh"], row["en"])
    for row in map(
        json.loads,
        (ROOT / "data/references/jinshan-2023-03-05.jsonl").read_text("utf-8").splitlines(),
    )
]
GLOSSARY = parse_glossary(
    "".join(
        (ROOT / name).read_text("utf-8")
        for name in ("pipeline/starter/glossary.tsv", "tests/check/page_terms.tsv")
    )
)


@pytest.mark.parametrize(("source", "translation"), PAIRS)
def test_the_human_translation_raises_no_alarm(source: str, translation: str) -> None:
    assert findings(source, translation, glossary=GLOSSARY) == []


AMOUNTS = [
    (source, translation, entry)
    for source, translation in PAIRS
    for entry in ledger(source, translation)
    if entry.translation_span and entry.translation.isdigit() and int(entry.translation) > 31
]


@pytest.mark.parametrize(("source", "translation", "entry"), AMOUNTS)
def test_every_amount_made_ten_times_larger_is_found_and_only_then_put_right(
    source: str, translation: str, entry: object
) -> None:
    [own] = [e for e in ledger(source, translation) if e == entry]
    assert own.translation_span is not None
    start, end = own.translation_span.start, own.translation_span.end
    wrong = f"{translation[:start]}{translation[start:end]}0{translation[end:]}"
    verdicts = [each.verdict for each in ledger(source, wrong)]
    assert "wrong power of ten" in verdicts
    # A year has no measure word: it is left to the reader.
    assert corrected(source, wrong) in (translation, None)
    assert corrected(source, translation) is None


def test_a_neighbours_translation_is_found_in_most_sentences() -> None:
    # neighbours share their subject: of unrelated sentences more is found
    long = [(zh, en) for zh, en in PAIRS if len(zh) > 20]
    swapped = [(zh, en) for (zh, _), (_, en) in zip(long, long[1:] + long[:1], strict=True)]
    found = sum(bool(findings(zh, en, glossary=GLOSSARY)) for zh, en in swapped)
    assert found >= 0.65 * len(swapped)


def test_every_term_of_the_page_is_kept_by_its_human_translation() -> None:
    kept = [ok for zh, en in PAIRS for ok in kept_terms(zh, en, GLOSSARY).values()]
    assert len(kept) > 40
    assert all(kept)


# what the page says, what its translation lost, and which terms of the glossary are asked for
NAMES_OF_THE_PAGE = [
    ("FROM 金山", "FROM", ["金山"]),
    ("FROM 金山", "FROM Jinshan", []),
    ("金山区在变。", "It is changing.", ["金山区"]),
    ("金山区在变。", "Jinshan is changing.", []),
    ("在金山医院。", "At Jinshan.", ["金山医院"]),
    ("金山医院在金山。", "The hospital is there.", ["金山医院", "金山"]),
]


@pytest.mark.parametrize(("source", "translation", "lost"), NAMES_OF_THE_PAGE)
def test_a_glossary_asks_for_the_longest_name_of_the_page(
    source: str, translation: str, lost: list[str]
) -> None:
    found = findings(source, translation, glossary=GLOSSARY)
    spans = [each.source_span for each in found if each.check == "terms"]
    assert [source[span.start : span.end] for span in spans if span] == lost
