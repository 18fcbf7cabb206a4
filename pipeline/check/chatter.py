"""Find what a model says instead of translating: notes, refusals, marks of a prompt."""

import re
from collections.abc import Sequence

from pipeline.records import Finding, Span

_NOTE = re.compile(
    r"^\W{0,3}(?:(?:sure|certainly|of course|okay)[,!.]\s+)?"
    r"(?:here(?:['’]s| is| are)\b.{0,40}\btranslat\w+|(?:english )?translation\s*[:：]"
    r"|the (?:english )?translation (?:is|of|would)\b)"
    r"|\((?:translator['’]s )?note\s*[:：]"
    r"|(?:^|\n)\W{0,3}(?:translator['’]s note|note|explanation)\s*[:：]"
    r"|```|</?(?:think|s|pad|unk|translation)>|<\|\w+\|>|▁"
    r"|\bas an ai\b|\bas a (?:large )?language model\b"
    r"|\bi(?:['’]m| am) sorry,? (?:but )?i (?:can|could|am)"
    r"|\bi can(?:not|['’]t) (?:translate|assist|help with|provide)",
    re.IGNORECASE,
)
_SOURCE_SAYS = re.compile(r"译|注|说明|抱歉|对不起|当然|人工智能|语言模型|好的|可以|`|<")


def chatter(source: str, translation: str, *, flags: Sequence[str] = ()) -> list[Finding]:
    """Find notes, refusals and marks of a prompt that are no part of the translation.

    With the flag `refused` the model itself, or its server, says that it did not translate.
    """
    if "refused" in flags:
        message = "the model or a filter of its server refused to translate this"
        return [Finding("chatter", "error", message, Span(0, len(source)))]
    match = _NOTE.search(translation)
    if match is None or _SOURCE_SAYS.search(source):
        return []
    message = (
        f"“{match[0].strip()}” is not in the source: the model comments instead of translating"
    )
    return [Finding("chatter", "error", message, None, Span(*match.span()))]
