"""The verdict of a gate on one rule."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """One rule: its name, whether it passed, a line with the reason, and what fell most."""

    name: str
    passed: bool
    message: str
    details: tuple[str, ...] = ()


def verdict_lines(verdict: GateVerdict) -> list[str]:
    """Return a verdict as lines for the terminal."""
    word = "passed" if verdict.passed else "FAILED"
    return [f"gate {word}: {verdict.message}", *(f"    {line}" for line in verdict.details)]
