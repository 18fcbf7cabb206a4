"""An editor's sentence under the checks: what to confirm, never an error."""

from dataclasses import replace

from pipeline.check.checks import findings
from pipeline.language.glossary import Glossary
from pipeline.records import Finding


def to_confirm(source: str, translation: str, glossary: Glossary | None = None) -> list[Finding]:
    """Return what the checks find in an editor's sentence, as remarks that ask to confirm it."""
    return [
        replace(finding, severity="info", message=f"please confirm: {finding.message}")
        for finding in findings(source, translation, glossary=glossary)
    ]
