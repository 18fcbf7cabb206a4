"""The numbers of a Word document's lists as text, where Word would write them in Chinese."""

import zipfile
from copy import deepcopy

from lxml import etree

from pipeline.input.readers.office.numbering import Numbering
from pipeline.input.readers.office.styles import StyleSheet
from pipeline.input.readers.office.word_text import is_switched_on
from pipeline.input.readers.office.word_xml import WORD, WordPackage, local, value
from pipeline.language.chinese import is_chinese

_GONE = ("del", "moveFrom")
_LOOK_OF_MARK = f"{WORD}rPr/{WORD}"
_BEFORE_NUMBERS = frozenset(
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl".split()
)
"""Properties of a paragraph that the schema has before its number."""


def write_numbers(package: zipfile.ZipFile, root: etree._Element) -> None:
    """Write the numbers of lists into the text of a document, if one of them is Chinese.

    Word makes 第一条 and 附件09 itself, so that no English could take their place. All lists
    change, because a level may show the number of the one above it.
    """
    labels = _labels(WordPackage(package), root)
    if any(map(is_chinese, labels.values())):
        for paragraph, label in labels.items():
            _write(paragraph, label)


def _labels(package: WordPackage, root: etree._Element) -> dict[etree._Element, str]:
    styles = StyleSheet(next(package.parts("styles"), None))
    numbering = Numbering(next(package.parts("numbering"), None), styles)
    found = {}
    for paragraph in root.iter(f"{WORD}p"):
        if next(paragraph.iterancestors("{*}Fallback"), None) is not None:
            continue
        properties = paragraph.find(f"{WORD}pPr")
        if any(is_switched_on(properties, _LOOK_OF_MARK + change) for change in _GONE):
            continue
        numbered = named = None
        if properties is not None:
            numbered = properties.find(f"{WORD}numPr")
            named = value(properties.find(f"{WORD}pStyle"))
        if label := numbering.label(numbered, styles.style(named)):
            found[paragraph] = label
    return found


def _write(paragraph: etree._Element, label: str) -> None:
    properties = paragraph.find(f"{WORD}pPr")
    if properties is None:
        properties = etree.Element(f"{WORD}pPr")
        paragraph.insert(0, properties)
    numbered = properties.find(f"{WORD}numPr")
    if numbered is None:
        numbered = etree.Element(f"{WORD}numPr")
        place = sum(local(item) in _BEFORE_NUMBERS for item in properties)
        properties.insert(place, numbered)
    for item in list(numbered):
        numbered.remove(item)
    etree.SubElement(numbered, f"{WORD}numId").set(f"{WORD}val", "0")
    run = etree.Element(f"{WORD}r")
    look = paragraph.find(f"{WORD}r/{WORD}rPr")
    if look is not None:
        run.append(deepcopy(look))
    etree.SubElement(run, f"{WORD}t").text = label
    run[-1].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    paragraph.insert(paragraph.index(properties) + 1, run)
