"""TMX, the format in which translators' tools exchange sentence pairs: written and read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from models.patterns import lazy
from pipeline.input.exchange.standing import Standing, TmxPair, standing
from pipeline.input.exchange.xml_file import LANGUAGE, language_of, parsed, text_of, xml_text

_OMEGAT_TAG = lazy(r"</?[a-z]{1,3}\d{1,4}/?>")


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence pair; tools show its `properties`, (type, text), and its `notes`."""

    identifier: str
    zh: str
    en: str
    properties: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


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
        unit = ElementTree.SubElement(body, "tu", tuid=xml_text(own.identifier))
        for note in own.notes:
            ElementTree.SubElement(unit, "note").text = xml_text(note)
        for name, text in own.properties:
            ElementTree.SubElement(unit, "prop", type=name).text = xml_text(text)
        for language, text in (("zh", own.zh), ("en", own.en)):
            variant = ElementTree.SubElement(unit, "tuv", {"xml:lang": language})
            ElementTree.SubElement(variant, "seg").text = xml_text(text)
    ElementTree.indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ElementTree.tostring(root, encoding="unicode") + "\n"


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit of a file: its line, its `tuid`, and (language code, text) of its variants."""

    line: int
    identifier: str | None
    variants: tuple[tuple[str, str], ...]


def tmx_units(path: Path) -> Iterator[ReadUnit]:
    """Yield every unit. Codes of the tool that wrote the file (bpt, ph …) are no text.

    Raises as `parsed` does.
    """
    for unit in _units(path):
        variants = tuple((code, text) for _, code, text in _variants(unit))
        yield ReadUnit(int(unit.sourceline or 0), unit.get("tuid"), variants)


def tmx_pairs(path: Path) -> Iterator[TmxPair]:
    """Yield Chinese and English of every unit; None where a unit lacks the language.

    In whatever direction the file translates (`srclang`), any variant of the codes counts: zh,
    zh-CN, zh_Hans, zho; en, en-US, eng. A unit with several variants of a language gives the one
    of the best standing. Raises as `tmx_units` does.
    """
    for unit in _units(path):
        texts: dict[str, tuple[Standing, str]] = {}
        held: list[tuple[str, str]] = []
        for variant, code, text in _variants(unit):
            if language := language_of(code):
                own = standing(unit, variant)
                held.append((code, text))
                if language not in texts or texts[language][0] < own:
                    texts[language] = own, text
        zh, en = texts.get("zh"), texts.get("en")
        taken = {text for _, text in texts.values()}
        yield TmxPair(
            int(unit.sourceline or 0),
            zh and zh[1],
            en and en[1],
            en[0] if en else Standing(),
            unit.get("tuid") or "",
            tuple(dict.fromkeys(code for code, text in held if text not in taken)),
        )


def _units(path: Path) -> Iterator[Any]:
    """Yield the units of a file; the tags that OmegaT writes as text, `<f0>`, are taken out."""
    root = parsed(path, "tmx", "TMX")
    head = root.find("{*}header")
    if head is not None and head.get("creationtool") == "OmegaT":
        for body in root.iter("{*}seg"):
            body.text = _OMEGAT_TAG.sub("", text_of(body))
            body[:] = []
    yield from root.iter("{*}tu")


def _variants(unit: Any) -> Iterator[tuple[Any, str, str]]:
    """Yield each variant of a unit with its language and its text."""
    for variant in unit.iter("{*}tuv"):
        if (body := variant.find("{*}seg")) is not None:
            code = variant.get(LANGUAGE) or variant.get("lang") or ""
            yield variant, code, text_of(body).strip()
