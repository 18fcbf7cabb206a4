"""Wrappings of a whole answer: thoughts, the channels of harmony, and JSON.

Thoughts come in the tags of each family of models (DeepSeek and Qwen <think>, Magistral [THINK],
Kimi ◁think▷, Command A <|START_THINKING|>, Seed <seed:think>). Harmony is the answer format of
gpt-oss; servers that drop its marks leave `analysis…assistantfinal…`.
"""

import ast
import json
import re

from models.patterns import lazy

_TAGS = (
    (
        r"<(?:think|thinking|thought|reasoning|seed:think|analysis)>",
        r"</(?:think|thinking|thought|reasoning|seed:think|analysis)>",
    ),
    (r"\[THINK\]", r"\[/THINK\]"),
    (r"◁think▷", r"◁/think▷"),
    (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>"),
)
_OPENING = "|".join(opening for opening, _ in _TAGS)
_CLOSING = "|".join(closing for _, closing in _TAGS)
_THOUGHTS = lazy(rf"(?:{_OPENING}).*?(?:(?:{_CLOSING})|\Z)", re.DOTALL | re.IGNORECASE)
_OPEN_THOUGHTS = lazy(_OPENING, re.IGNORECASE)
_CLOSE_THOUGHTS = lazy(_CLOSING, re.IGNORECASE)
_RESPONSE_MARKS = lazy(r"<\|(?:START|END)_RESPONSE\|>")

_CHANNEL = lazy(r"<\|channel\|>\s*(\w*)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>")
_END_OF_MESSAGE = lazy(r"<\|(?:end|return|start|call|channel)\|>")
_BARE_FINAL = lazy(r"assistantfinal")
_BARE_ANALYSIS = lazy(r"^(?:assistant)?analysis(?=[^a-z\s])")

_KEYS = tuple(
    (
        "translation translated_text translatedtext english_translation english en target output "
        "result answer text content final response translations results data"
    ).split()
)
_JSON_START = lazy(r"^[^{\[\n]{0,80}?\n?\s{0,9}([{\[]\s{0,9}[\w\"'{])")
_BROKEN_JSON = lazy(
    rf"\{{{{1,2}}\s*\"?(?:{'|'.join(_KEYS)})\"?\s*:\s*\"([^\"]*)\"?[\s,}}]{{0,9}}", re.IGNORECASE
)
_LONGEST_JSON = 100_000
_DEEPEST = 4


def without_thoughts(answer: str) -> tuple[str, bool]:
    """Return an answer without its thoughts, and whether it broke off while thinking.

    Some chat templates open the thoughts themselves, so that only their end is written.
    """
    final, is_thinking = _final_channel(answer)
    if is_thinking:
        return "", True
    last = _CLOSE_THOUGHTS.split(final)[-1]
    broken = _OPEN_THOUGHTS.search(last) is not None
    kept = _CLOSE_THOUGHTS.split(_THOUGHTS.sub("", final))[-1]
    return _RESPONSE_MARKS.sub("", kept).strip(), broken


def _final_channel(answer: str) -> tuple[str, bool]:
    """Return the final message of a harmony answer, and whether it never came to one."""
    channels = list(_CHANNEL.finditer(answer))
    if channels:
        final = [match for match in channels if match[1].lower() == "final"]
        if not final:
            return "", True
        return _END_OF_MESSAGE.split(answer[final[-1].end() :])[0], False
    if bare := list(_BARE_FINAL.finditer(answer)):
        return answer[bare[-1].end() :], False
    return answer, bool(_BARE_ANALYSIS.match(answer.lstrip()))


def unwrapped_json(text: str) -> str:
    """Return the translation in an answer that is JSON or a Python literal, else the text.

    Words around an object that names a translation go too. Of JSON that broke off, the text
    that there is remains.
    """
    if len(text) > _LONGEST_JSON:
        return text
    start = _JSON_START.search(text)
    if start is None:
        return text
    if broken := _BROKEN_JSON.fullmatch(text[start.start() :]):
        return broken[1].strip() or text
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text[start.start(1) :])
    except (ValueError, RecursionError):
        value = _literal(text[start.start(1) :])
    is_whole = not text[: start.start(1)].strip()
    return (_only_text(value, _DEEPEST) if is_whole or isinstance(value, dict) else "") or text


def _literal(text: str) -> object:
    """Return the value of a Python literal, None if it is not one."""
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None


def _only_text(value: object, depth: int) -> str:
    """Return the one text of a value, empty if it has none or it is not clear which."""
    if isinstance(value, str):
        return value.strip()
    if not depth:
        return ""
    if isinstance(value, list | tuple):
        return _only_text(value[0], depth - 1) if len(value) == 1 else ""
    if not isinstance(value, dict):
        return ""
    named = {str(key).lower().replace(" ", "_"): inner for key, inner in value.items()}
    for key in _KEYS:
        if key in named:
            return _only_text(named[key], depth - 1)
    return _only_text(next(iter(named.values())), depth - 1) if len(named) == 1 else ""
