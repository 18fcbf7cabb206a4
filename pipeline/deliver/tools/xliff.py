"""The sentences of a run as XLIFF 1.2 and 2.1, both OASIS standards, for CAT tools.

A note says what to check, an editor's sentence is locked, and a candidate says which model
translated.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from pipeline.deliver.rows import ExportRow
from pipeline.input.exchange.xliff import QUALIFIER, SUBSTATE
from pipeline.input.exchange.xml_file import xml_text
from pipeline.records import Severity

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PRIORITY: dict[Severity, int] = {"error": 1, "warning": 3, "info": 7}  # of notes: 1 is the highest


def export_xliff(rows: Sequence[ExportRow]) -> str:
    """Return the sentences as XLIFF 1.2, a file for each article."""
    files = "".join(
        f'<file original={_quoted(article)} source-language="zh" target-language="en" '
        'datatype="plaintext" tool-id="yibao">'
        '<header><tool tool-id="yibao" tool-name="Yibao"/></header>\n'
        f"<body>\n{''.join(map(_trans_unit, own))}</body></file>\n"
        for article, own in _articles(rows)
    )
    return (
        f'{_HEAD}<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">\n'
        f"{files}</xliff>\n"
    )


def _trans_unit(row: ExportRow) -> str:
    states = {
        "editor": ' state="final"',
        "rule": ' state="translated" state-qualifier="x-rule"',
        "machine": f' state="translated" state-qualifier="{QUALIFIER}"',
        "to check": f' state="needs-review-translation" state-qualifier="{QUALIFIER}"',
    }
    locked = ' approved="yes" translate="no"' if row.state == "editor" else ""
    state = states.get(row.state, "")
    notes = "".join(
        f'<note from="Yibao" annotates="target" priority="{_PRIORITY[each.severity]}">'
        f"{_text(f'{each.check}: {each.message}')}</note>"
        for each in row.findings
    )
    candidate = (
        f"<alt-trans origin={_quoted(row.model)}{_quality(row, 'match-quality')}>"
        f'<target xml:lang="en">{_text(row.en)}</target></alt-trans>'
        if row.model
        else ""
    )
    return (
        f'<trans-unit id={_quoted(row.name)}{locked} xml:space="preserve">'
        f'<source xml:lang="zh">{_text(row.zh)}</source>'
        f'<target xml:lang="en"{state}>{_text(row.en)}</target>{notes}{candidate}</trans-unit>\n'
    )


def export_xliff_2(rows: Sequence[ExportRow]) -> str:
    """Return the sentences as XLIFF 2.1, a file for each article, with candidates (`mtc`)."""
    files = "".join(
        f'<file id="f{number}" original={_quoted(article)}>\n'
        f"{''.join(_unit(row, place) for place, row in enumerate(own, start=1))}</file>\n"
        for number, (article, own) in enumerate(_articles(rows), start=1)
    )
    return (
        f'{_HEAD}<xliff version="2.1" srcLang="zh" trgLang="en" '
        'xmlns="urn:oasis:names:tc:xliff:document:2.0" '
        f'xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0">\n{files}</xliff>\n'
    )


def _unit(row: ExportRow, number: int) -> str:
    states = {
        "editor": ' state="final"',
        "rule": ' state="translated" subState="yibao:rule"',
        "machine": f' state="translated" subState="{SUBSTATE}"',
        "to check": f' state="initial" subState="{SUBSTATE}"',
    }
    source, target = f"<source>{_text(row.zh)}</source>", f"<target>{_text(row.en)}</target>"
    candidate = (
        f'<mtc:matches><mtc:match ref="#s1" type="mt" origin={_quoted(row.model)}'
        f"{_quality(row, 'matchQuality')}>{source}{target}</mtc:match></mtc:matches>"
        if row.model
        else ""
    )
    notes = "".join(
        f'<note category={_quoted(each.check)} appliesTo="target" '
        f'priority="{_PRIORITY[each.severity]}">{_text(each.message)}</note>'
        for each in row.findings
    )
    notes = f"<notes>{notes}</notes>" if notes else ""
    locked = ' translate="no"' if row.state == "editor" else ""
    state = states.get(row.state, "")
    return (
        f'<unit id="u{number}" name={_quoted(row.name)} xml:space="preserve"{locked}>'
        f'{candidate}{notes}<segment id="s1"{state}>{source}{target}</segment></unit>\n'
    )


def _articles(rows: Sequence[ExportRow]) -> Iterator[tuple[str, list[ExportRow]]]:
    for article, own in groupby(rows, key=lambda row: row.article_id):
        yield article, list(own)


def _quality(row: ExportRow, name: str) -> str:
    """Return the confidence of the model in per cent as an attribute."""
    return "" if row.confidence is None else f' {name}="{100 * row.confidence:.0f}"'


def _text(text: str) -> str:
    # a parser makes a line feed of a carriage return that is not written as a reference
    return escape(xml_text(text), {"\r": "&#13;"})


def _quoted(text: str) -> str:
    return quoteattr(xml_text(text))
