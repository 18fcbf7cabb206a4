"""Gate verdicts for machines: JUnit XML and GitHub annotations."""

from collections.abc import Sequence
from xml.etree import ElementTree

from pipeline.evaluate.verdict import GateVerdict


def junit_xml(verdicts: Sequence[GateVerdict], *, suite: str) -> str:
    """Return every rule of a gate as a JUnit test case; its message is the failure's text."""
    failed = sum(not verdict.passed for verdict in verdicts)
    root = ElementTree.Element("testsuites", tests=str(len(verdicts)), failures=str(failed))
    own = ElementTree.SubElement(
        root, "testsuite", name=suite, tests=str(len(verdicts)), failures=str(failed)
    )
    for verdict in verdicts:
        case = ElementTree.SubElement(own, "testcase", classname=suite, name=verdict.name)
        if not verdict.passed:
            failure = ElementTree.SubElement(case, "failure", message=_printable(verdict.message))
            failure.text = _printable("\n".join((verdict.message, *verdict.details)))
        else:
            ElementTree.SubElement(case, "system-out").text = _printable(verdict.message)
    ElementTree.indent(root)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        + ElementTree.tostring(root, encoding="unicode")
        + "\n"
    )


def _printable(text: str) -> str:
    """Return a text without the control characters that XML 1.0 forbids."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))


def github_annotations(verdicts: Sequence[GateVerdict]) -> list[str]:
    """Return workflow commands: an error for each failed rule, a notice for the others."""
    return [
        f"::{'notice' if verdict.passed else 'error'} title={_property(verdict.name)}::"
        + _data("\n".join((verdict.message, *verdict.details)))
        for verdict in verdicts
    ]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
