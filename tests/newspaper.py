"""A small run by hand: two articles with translations, for the tests of score and report."""

from collections.abc import Sequence

from pipeline.records import (
    Article,
    Block,
    BlockKind,
    Sentence,
    Span,
    Summary,
    SummarySentence,
    TranslatedSentence,
    Translation,
)

Row = tuple[BlockKind, str, str, float | None]

ROWS: tuple[Row, ...] = (
    ("title", "湾区魅力", "Bay Area Charm", 0.8),
    ("credit", "撰文 / 屠瑜", "Text: Tu Yu", None),
    ("paragraph", "投资124亿元。", "It invested 124 billion yuan.", 0.6),
    (
        "paragraph",
        "金山持续优化营商环境。",
        "Jinshan improves the business environment.",
        0.9,
    ),
    ("list_item", "企业满意。", "Companies are satisfied.", 0.7),
)


def article(
    rows: Sequence[Row] = ROWS, *, name: str = "a", reference: str | None = None
) -> Article:
    """Give an article with a block for every row."""
    blocks = tuple(
        Block(kind, (Sentence(f"s{number}", zh, (Span(0, len(zh)),)),))
        for number, (kind, zh, _, _) in enumerate(rows, start=1)
    )
    title = rows[0][1] if rows else ""
    return Article(name, name, f"{name}.md", title, None, None, blocks, (), reference)


def translation(rows: Sequence[Row] = ROWS, *, name: str = "a") -> Translation:
    """Give the translation of `article`; without a confidence it is by rule."""
    return Translation(
        name,
        tuple(
            TranslatedSentence(f"s{number}", en, "rule" if sure is None else "model", sure)
            for number, (_, _, en, sure) in enumerate(rows, start=1)
        ),
    )


def summary(name: str = "a", *, cited: str = "s3") -> Summary:
    """Give a summary of one line in both languages."""
    zh, en = SummarySentence("投资124亿元。", (cited,)), SummarySentence("It invested.", (cited,))
    return Summary(name, (zh,), (en,))
