"""TMX, the format in which translators' tools exchange sentence pairs: written and read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pipeline.input.readers.exchange import element_text, exchange_root
from pipeline.input.tmx_standing import Standing, TmxPair, standing

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_LANGUAGES = {"zh": ("zh", "zho", "chi", "cmn"), "en": ("en", "eng")}


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence pair; `properties` are (type, text) that tools show beside it."""

    identifier: str
    zh: str
    en: str
    properties: tuple[tuple[str, str], ...] = ()


def tmx_text(units: Iterable[Unit]) -> str:
    """Return units as TMX 1.4."""
    root = ElementTree.Element("tmx", version="1.4")
    ElementTree.SubElement(
        root,
        "header",
        {
            "creationtool": "Yibao",
            "creationtoolversion": "1",
            "segtype": "sentence",
            "o-tmf": "yibao",
            "adminlang": "en",
            "srclang": "zh",
            "datatype": "plaintext",
        },
    )
    body = ElementTree.SubElement(root, "body")
    for own in units:
        unit = ElementTree.SubElement(body, "tu", tuid=_xml_text(own.identifier))
        for name, text in own.properties:
            ElementTree.SubElement(unit, "prop", type=name).text = _xml_text(text)
        for language, text in (("zh", own.zh), ("en", own.en)):
            variant = ElementTree.SubElement(unit, "tuv", {"xml:lang": language})
            ElementTree.SubElement(variant, "seg").text = _xml_text(text)
    ElementTree.indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ElementTree.tostring(root, encoding="unicode") + "\n"


def _xml_text(text: str) -> str:
    """Return a text without the control characters that XML 1.0 cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or " " <= c not in "\ufffe\uffff")


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit of a file: its line, its `tuid`, and (language code, text) of its variants."""

    line: int
    identifier: str | None
    variants: tuple[tuple[str, str], ...]


def tmx_units(path: Path) -> Iterator[ReadUnit]:
    """Yield every unit. Codes of the tool that wrote the file (bpt, ph …) are no text.

    Raises UnreadableError as `exchange_root` does.
    """
    for unit in exchange_root(path, "tmx", "TMX").iter("{*}tu"):
        variants = tuple((code, text) for _, code, text in _variants(unit))
        yield ReadUnit(int(unit.sourceline or 0), unit.get("tuid"), variants)


def tmx_pairs(path: Path) -> Iterator[TmxPair]:
    """Yield Chinese and English of every unit; None where a unit lacks the language.

    Any variant of the codes counts: zh, zh-CN, zh_Hans, zho; en, en-US, eng. A unit with several
    variants of a language gives the one of the best standing. Raises as `tmx_units` does.
    """
    for unit in exchange_root(path, "tmx", "TMX").iter("{*}tu"):
        texts: dict[str, tuple[Standing, str]] = {}
        for variant, code, text in _variants(unit):
            if language := _language(code):
                own = standing(unit, variant)
                if language not in texts or texts[language][0] < own:
                    texts[language] = own, text
        zh, en = texts.get("zh"), texts.get("en")
        yield TmxPair(
            int(unit.sourceline or 0),
            zh and zh[1],
            en and en[1],
            en[0] if en else Standing(),
        )


def _variants(unit: Any) -> Iterator[tuple[Any, str, str]]:
    """Yield each variant of a unit with its language and its text."""
    for variant in unit.iter("{*}tuv"):
        if (body := variant.find("{*}seg")) is not None:
            code = variant.get(_LANGUAGE) or variant.get("lang") or ""
            yield variant, code, element_text(body).strip()


def _language(code: str) -> str | None:
    main = code.lower().replace("_", "-").partition("-")[0]
    return next((name for name, codes in _LANGUAGES.items() if main in codes), None)
