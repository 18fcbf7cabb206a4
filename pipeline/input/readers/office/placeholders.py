"""The words that Word shows in a field of a form that nobody has filled in."""

from collections.abc import Iterator

from lxml import etree

from models.patterns import lazy
from pipeline.input.readers.office.set_aside import SetAsideCounts
from pipeline.input.readers.office.styles import StyleSheet
from pipeline.input.readers.office.word_xml import WORD, is_on, value

_ASKS = lazy(
    r"(?:请|請)?(?:单击|單擊|点击|點擊|点按|按一下|轻按|在此处|在此|选择|選擇|输入|輸入|键入)[^。]{0,40}。?"
    r"|(?:Click|Tap|Choose|Select|Enter|Type)\b[^.]{0,80}\.?"
    r"|[\[［][^\[\]［］]{1,40}[\]］]"
)
_STYLES = frozenset(
    ("placeholder text", "placeholdertext", "占位符文本", "版面配置區文字", "預留位置文字")
)


def placeholders(root: etree._Element, styles: StyleSheet) -> Iterator[etree._Element]:
    """Yield the content controls (`w:sdt`) that show no more than what to fill in.

    A program that fills a form may leave the mark of the placeholder in it, so the words or their
    style must say so too.
    """
    for mark in root.iter(f"{WORD}showingPlcHdr"):
        control = next(mark.iterancestors(f"{WORD}sdt"), None)
        if control is not None and is_on(mark) and _asks(control, styles):
            yield control


def _asks(control: etree._Element, styles: StyleSheet) -> bool:
    runs = [run for run in control.iter(f"{WORD}r") if run.find(f"{WORD}t") is not None]
    names = (value(run.find(f"{WORD}rPr/{WORD}rStyle")) for run in runs)
    if runs and all(
        name is not None and not _STYLES.isdisjoint(styles.style(name).names) for name in names
    ):
        return True
    words = "".join(item.text or "" for item in control.iter(f"{WORD}t"))
    return _ASKS.fullmatch(words.strip()) is not None


def set_placeholders_aside(
    root: etree._Element, styles: StyleSheet, left_out: SetAsideCounts
) -> None:
    """Take the words of placeholders out of a part of a document, and count them."""
    for control in list(placeholders(root, styles)):
        texts = list(control.iter(f"{WORD}t"))
        left_out.add("placeholders of a form", "".join(item.text or "" for item in texts))
        for item in texts:
            item.text = ""
