"""What a language model answered to the translation in it: thoughts, notes and wrapping taken off.

Only what is plainly no translation goes: a label in front, a note behind, quotation marks that
the source has not. The checks of the pipeline see the rest.
"""

import re
from dataclasses import dataclass

# Raise it when an answer is cleaned in another way: it is part of every prompted model's key.
CLEANING_VERSION = 1

_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_OPEN_THOUGHTS = re.compile(r"<(?:think|thinking|reasoning)>", re.IGNORECASE)
_END_OF_THOUGHTS = re.compile(r".*</(?:think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)
_LEAKED_END = re.compile(
    r"(?:<\|(?:im_end|endoftext|eot_id|end)\|>|<end_of_turn>|</s>|<eos>).*", re.DOTALL
)
_LEAKED_START = re.compile(r"^(?:<\|im_start\|>assistant|<start_of_turn>model)\s*")
_TAGS = re.compile(r"^<(translation|english|en|answer)>\s*(.*?)\s*</\1>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^```[a-z]*\n(.*?)\n?```", re.DOTALL)
_LABEL = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|ok|absolutely)\s*[,!.:]\s*)?"
    r"(?:(?:here(?:['’]s| is| are)|this is|below is)\b[^\n:：]{0,60}\btransla\w+[^\n:：]{0,40}[:：]"
    r"|the (?:english )?translation (?:is|reads)(?: as follows)?\s*[:：]"
    r"|(?:\*\*)?(?:english(?: translation)?|translation|translated text"
    r"|译文|英文|英语|翻译(?:结果)?|英译)(?:\*\*)?\s*[:：](?:\*\*)?)\s*",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\n\s*(?:\*+|\(|（|\[)?\s*(?:(?:translator['’]s note|notes?|explanation|remarks?"
    r"|alternatives?|alternative translations?|注(?:释|意)?|说明|解释|备注)\**\s*[:：]"
    r"|let me know if\b|i hope this helps\b).*",
    re.DOTALL | re.IGNORECASE,
)
_NOTE_AT_THE_END = re.compile(
    r"\s*[(（\[](?:translator['’]s note|note|t\.?n\.?|译者?注|注)\s*[:：][^()（）\[\]]*[)）\]]\s*$",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"^\W{0,3}(?:(?:i['’]m|i am)(?: very| really)? sorry\b|sorry,|i apologi[sz]e\b"
    r"|as an? (?:ai|large language) (?:language )?model\b"
    r"|i (?:can(?:not|['’]t)|am unable|['’]m unable|am not able|won['’]t be able)\b.{0,60}"
    r"\b(?:translat|assist|help (?:you|with)|provid|fulfil|comply)"
    r"|抱歉|对不起|很遗憾|我(?:无法|不能)(?:翻译|提供|协助|帮助|回答)|作为(?:一个|一名)?(?:AI|人工智能|语言模型))",
    re.IGNORECASE,
)
# A source that says such things itself is translated so.
_SOURCE_LABELS = re.compile(r"译|英文|英语|翻|[Tt]ranslat")
_SOURCE_NOTES = re.compile(r"注|说明|解释|备注|[Nn]ote")
_SOURCE_SORRY = re.compile(
    r"抱歉|对不起|遗憾|无法|不能|人工智能|语言模型|AI|歉|原谅|不好意思|愧|[Ss]orry"
)

_QUOTES = (('"', '"'), ("“", "”"), ("'", "'"), ("‘", "’"), ("「", "」"), ("*", "*"))
_SOURCE_QUOTES = "\"“‘「『《'*"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The translation of an answer. `refused`: the model would not translate.

    `thinking`: it was still at its thoughts when it ran out of room.
    """

    text: str
    refused: bool = False
    thinking: bool = False


def cleaned(answer: str, source: str) -> Cleaned:
    """Take off an answer what is no translation of the source. A refusal is left as it is."""
    text, thinking = without_thoughts(answer)
    if "<" not in source:
        text = _LEAKED_END.sub("", _LEAKED_START.sub("", text.strip()))
    text = text.strip()
    if _REFUSAL.match(text) and not _SOURCE_SORRY.search(source):
        return Cleaned(_one_line(text), refused=True)
    return Cleaned(_one_line(_unwrapped(text, source)), thinking=thinking)


def without_thoughts(answer: str) -> tuple[str, bool]:
    """Give an answer without its thoughts, and whether it broke off while thinking.

    Some chat templates open the thoughts themselves, so that only their end is written.
    """
    kept = _THOUGHTS.sub("", answer)
    last = re.split(r"</(?:think|thinking|reasoning)>", answer, flags=re.IGNORECASE)[-1]
    broken = _OPEN_THOUGHTS.search(last) is not None
    return _END_OF_THOUGHTS.sub("", kept).strip(), broken


def _unwrapped(text: str, source: str) -> str:
    """Take off labels, fences, tags, notes and quotation marks, as long as there are any."""
    while True:
        before = text
        if not _SOURCE_LABELS.search(source):
            text = _LABEL.sub("", text, count=1)
        if "`" not in source and (match := _FENCE.match(text)):
            text = match[1]
        if "<" not in source and (match := _TAGS.match(text)):
            text = match[2]
        if not _SOURCE_NOTES.search(source):
            text = _NOTE_AT_THE_END.sub("", _NOTE.sub("", text))
        text = _unquoted(text.strip(), source)
        if text == before:
            return text


def _unquoted(text: str, source: str) -> str:
    if source.lstrip()[:1] in _SOURCE_QUOTES and source.strip():
        return text
    for opening, closing in _QUOTES:
        inside = text[1:-1]
        if len(text) > 2 and text[0] == opening and text[-1] == closing:
            # 'a' and 'b' begins and ends so too, and is no quotation
            return inside.strip() if opening not in inside and closing not in inside else text
    return text


def _one_line(text: str) -> str:
    """Put lines together: a sentence of a newspaper has one."""
    return re.sub(r"\s*[\r\n\u2028\u2029]+\s*", " ", text).strip()
