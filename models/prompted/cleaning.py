"""What a language model answered to the translation in it: thoughts, notes and wrapping taken off.

Only what is plainly no translation goes: a label in front, a note behind, quotation marks that
the source has not. The checks of the pipeline see the rest.
"""

import re
from dataclasses import dataclass

from models.patterns import lazy
from models.prompted.wrappings import unwrapped_json, without_thoughts

# Bump this when answers are cleaned in another way: it is part of every prompted model's key.
CLEANING_VERSION = 2

_LEAKED_END = lazy(
    r"(?:<[|｜](?:im_end|im_start|endoftext|end_of_text|eot_id|eot|end|return|user|end▁of▁sentence)[|｜]>"
    r"|<end_of_turn>|</s>|<eos>|<pad>|\[INST\]).*",
    re.DOTALL,
)
_LEAKED_START = lazy(
    r"^(?:<\|(?:im_start|start)\|>\s*assistant|<\|start_header_id\|>assistant<\|end_header_id\|>"
    r"|(?:\w{0,12}<[|｜][^<>|｜\n]{1,20}[|｜]>){1,3}|<start_of_turn>model|<s>|\[/INST\]|<\?xml[^<>]{0,80}>)\s*"
)
_ROLE = lazy(
    r"^(?:(?:assistant|model|final)(?:\s+(?=[A-Z\"“*])|(?=[A-Z\"“]))"
    r"|(?i:ai|assistant|bot|chatbot|chatgpt|system|model|final)\s?[:：]\s*|A:\s+)"
)
_LIST_MARK = lazy(r"^(?:>|[-•]|1[.)])\s+")
_TAG_NAMES = (
    r"(?:translation|translated_text|english|en|answer|output|result|response|final|target|text)"
)
_TAGS = lazy(rf"^<{_TAG_NAMES}>\s*(.*?)\s*</{_TAG_NAMES}>", re.DOTALL | re.IGNORECASE)
_LONE_TAG = lazy(rf"^<{_TAG_NAMES}>\s*|\s{{0,9}}</{_TAG_NAMES}>$", re.IGNORECASE)
_FENCE = lazy(r"^(`{3,}|~{3,})(?:[a-z]{0,12}\s*\n)?\s*(.*?)\s*\1", re.DOTALL)
_NAMES = (
    r"(?:(?:final|my|the|full|literal|direct)\s+)?(?:english(?: translation| version)?|eng?"
    r"|translation|translated (?:text|sentence|version)|output|answer|result|response"
    r"|target(?: text)?|译文|英文(?:翻译|译文)?|英语|翻译(?:结果|如下)?|英译)"
    r"(?:\s+(?:into|in|to) english|\s+\([^()\n]{1,20}\))?"
)
_POLITE = (
    r"(?:sure|certainly|of course|okay|ok|absolutely|alright|great|no problem|got it"
    r"|understood|好的?|当然)"
    r"(?: thing)?\s*[,，!！.。:：]\s*"
)
_LABEL = lazy(
    rf"^(?:{_POLITE})?"
    r"(?:[^\n:：{\[]{0,100}\btransla\w+[^\n:：]{0,60}[:：][*_]{0,2}"
    r"|(?:here(?:['’]s| is| are)|this is|below is|the following is)\b[^\n:：]{0,60}"
    r"\b(?:version|rendering)[^\n:：]{0,40}[:：]|here you (?:go|are)[:：.!]"
    r"|the (?:english )?translation (?:of [^\n:：]{0,80} )?(?:is|reads|would be)"
    r"(?=\s*[\"“]|\s+[A-Z])"
    r"|[^\n:：\"“]{0,40}\btranslate[sd]? (?:to|as|into)(?: english as)?(?=\s*[\"“])"
    r"|(?:this|it|the (?:text|sentence|phrase)) means\s*[:：]|in english\s*[,:：]"
    r"|(?:以下|下面)是[^\n:：]{0,20}(?:翻译|译文|英文)[^\n:：]{0,10}[:：]"
    r"|(?:这句话|该句|原文)[^\n:：]{0,12}(?:翻译|译文|英文)[^\n:：]{0,8}[:：]"
    rf"|(?:\#{{1,4}}\s*)?[*_]{{0,2}}{_NAMES}[*_]{{0,2}}\s*[:：][*_]{{0,2}}"
    rf"|[\[(]{_NAMES}[\])]|{_NAMES}\s[-–—]\s"
    rf"|(?:\#{{1,4}}\s*|\*\*){_NAMES}[*_]{{0,2}}\s*\n)\s*",
    re.IGNORECASE,
)
_OPENING = lazy(rf"^{_POLITE}\n+", re.IGNORECASE)
_COMMENTS = (
    r"(?:(?:translator['’]s |translation )?notes?|explanations?|remarks?|comments?|breakdown"
    r"|alternatives?(?: translations?| versions?)?|alternatively|literally|literal translation"
    r"|context"
    r"|注(?:释|意)?|说明|解释|备注)[*_]{0,2}\s{0,20}[:：]"
)
_CLOSINGS = (
    r"(?:please )?(?:let me know if|feel free to|do you want me to|would you like me to"
    r"|is there anything else|(?:i )?hope (?:this|that) helps"
    r"|(?:if|should) you (?:need|have) any)\b"
    r"|希望(?:这|对)|如需|如果您?需要"
)
_NOTE = lazy(
    rf"\n\s{{0,20}}[*_(（\[#]{{0,6}}\s{{0,20}}(?:{_COMMENTS}|{_CLOSINGS}|(?:or|alternatively)[,:]\s).*"
    r"|\n\s{0,20}[*_#]{0,6}\s{0,20}(?:option|version|alternative|translation)\s{0,20}(?:2|b|two)\b.*"
    r"|\n\s{0,20}[*_#]{0,6}(?:casual|informal|literal|natural|idiomatic|formal|or)[*_]{0,2}(?:[:：]|\s*\n).*"
    r"|\n\s{0,20}(?:-{3,}|\*{3,}|_{3,}|={3,})\s{0,20}\n.*",
    re.DOTALL | re.IGNORECASE,
)
_SECOND_ITEM = lazy(r"\n\s{0,20}2[.)]\s.*", re.DOTALL)
# A paragraph of its own that speaks of the translation, or quotes Chinese.
_COMMENTARY = lazy(
    r"\n\s{0,20}\n(?=.{0,400}?(?:[\u2e80-\uffef]|\b(?:translat\w+|phrase|term|literal\w*|option|tone|pinyin"
    r"|breakdown|key points|assistance|also (?:say|be)|alternativ\w*|nuances?)\b)).*",
    re.DOTALL | re.IGNORECASE,
)
_NOTE_BEHIND = lazy(
    rf"(?<=[.!?。\"”])[*_]{{0,2}}\s{{1,20}}[*_(（\[/]{{0,6}}\s?(?:{_COMMENTS}|{_CLOSINGS}).*$",
    re.DOTALL | re.IGNORECASE,
)
_NOTE_AT_THE_END = lazy(
    r"\s{0,20}[(（\[][*_]{0,2}(?:translator['’]s note|note|t\.?n\.?|literally|lit\."
    r"|alternatively|译者?注|注)"
    r"\s{0,20}[:：,][^()（）\[\]]*[)）\]]\s{0,20}$",
    re.IGNORECASE,
)
_FIRST_OPTION = lazy(
    r"^[*_#]{0,6}\s{0,20}(?:(?:option|version|alternative|translation)\s{0,20}(?:1|a|one)"
    r"|formal|literal|natural|idiomatic|casual)\b"
    r"[*_]{0,3}\s{0,20}[:：.)][*_]{0,3}\s{0,20}",
    re.IGNORECASE,
)
_ECHO_LABEL = lazy(
    r"[*_#\s]*(?:chinese|source|original|input|user|human|q|question|原文|中文)"
    r"(?: (?:text|sentence|chinese))?[*_]*\s*[:：][*_\"“]*"
    r"|[\"“「*]",
    re.IGNORECASE,
)
_ECHO_BREAK = lazy(
    r"[\"”」*]{0,2}\s{0,4}(?:(?:→|->|=>|⇒|=|—|–|-|:|：)\s{0,4}|(?:translates? (?:to|as|into)|means"
    r"|can be translated (?:to|as|into)|in english (?:is|means))\s{0,4}[:：]?)?\s{0,20}",
    re.IGNORECASE,
)
_IN_ENGLISH = lazy(r"^[\"“]([^\"“”]*)[\"”](?: in english)?\.?$", re.IGNORECASE)
_LONGEST_LABEL = 30

_REFUSAL = lazy(
    r"^\W{0,3}(?:(?:i['’]m|i am)(?: very| really)? sorry\b|sorry,|i apologi[sz]e\b"
    r"|as an? (?:ai|large language) (?:language )?model\b"
    r"|i (?:can(?:not|['’]t)|am unable|['’]m unable|am not able|won['’]t be able)\b.{0,60}"
    r"\b(?:translat|assist|help (?:you|with)|provid|fulfil|comply)"
    r"|(?:unfortunately|apologies),? i (?:can(?:not|['’]t)|am unable|['’]m unable)"
    r"|(?:我?(?:很|非常|十分|真的))?抱歉|对不起|很遗憾|我(?:无法|不能)(?:翻译|提供|协助|帮助|回答)|作为(?:一个|一名)?(?:AI|人工智能|语言模型))",
    re.IGNORECASE,
)
# A source that says such things itself is translated so.
_SOURCE_LABELS = lazy(r"译|英文|英语|翻|答|结果|回应|输出|目标|[Tt]ranslat")
_SOURCE_NOTES = lazy(
    r"注[:：意释解]|[（(【]注|附注|备注|说明|解释|提示|提醒|字面|或者|按[:：]|[Nn]ote"
)
_SOURCE_LISTS = lazy(r"[2２二②⑵㈡贰]|其次|另|\n")
_SOURCE_ROLES = lazy(r"[:：]|助|模型|系统|最终|智能|机器人|答|^\W{0,3}第?[一壹㈠①⑴●·•○◆■—－]")
_SOURCE_CLOSINGS = lazy(r"请|如|希望|吗|告诉|随时|联系")
_SOURCE_SORRY = lazy(
    r"抱歉|对不起|遗憾|无法|不能|人工智能|语言模型|AI|歉|原谅|不好意思|愧|[Ss]orry"
)

_QUOTES = (
    ("**", "**"),
    ("'''", "'''"),
    ('"""', '"""'),
    ("`", "`"),
    ("\\boxed{", "}"),
    ("(", ")"),
    ('"', '"'),
    ("“", "”"),
    ("'", "'"),
    ("‘", "’"),
    ("「", "」"),
    ("*", "*"),
)
_SOURCE_QUOTES = "\"“‘「『《'*(（`"


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
    text = text.strip()
    if "<" not in source:
        text = _LEAKED_END.sub("", _LEAKED_START.sub("", text)).strip()
    if _REFUSAL.match(text) and not _SOURCE_SORRY.search(source):
        return Cleaned(_one_line(text), refused=True)
    return Cleaned(_one_line(_unwrapped(text, source)), thinking=thinking)


def _unwrapped(text: str, source: str) -> str:
    """Take off labels, fences, tags, notes and quotation marks, as long as there are any."""
    while True:
        before = text
        if not any(mark in source for mark in "{[【"):
            text = unwrapped_json(text)
        text = _unlabelled(_without_echo(text, source), source)
        if not any(mark in source for mark in "`~") and (match := _FENCE.match(text)):
            text = match[2]
        if "<" not in source:
            match = _TAGS.match(text)
            text = match[1] if match else _LONE_TAG.sub("", text)
        text = _unquoted(_without_notes(text, source).strip(), source)
        if text == before:
            return text


def _without_notes(text: str, source: str) -> str:
    """Take off the words behind a translation, unless the source has such words."""
    if _SOURCE_NOTES.search(source):
        return text
    patterns = [_NOTE, _NOTE_AT_THE_END]
    if not _SOURCE_LABELS.search(source) and "\n" not in source:
        patterns.append(_COMMENTARY)
    if not _SOURCE_CLOSINGS.search(source):
        patterns.append(_NOTE_BEHIND)
    if not _SOURCE_LISTS.search(source):
        patterns.append(_SECOND_ITEM)
    for pattern in patterns:
        shorter = pattern.sub("", text)
        text = shorter if shorter.strip() else text
    return text


def _unlabelled(text: str, source: str) -> str:
    """Take off the words in front of a translation, unless the source has such words."""
    patterns = [] if _SOURCE_LABELS.search(source) else [_OPENING, _LABEL, _FIRST_OPTION]
    if not re.match(r"\s*[\w>•\-]", source, re.ASCII) and not _SOURCE_ROLES.search(source):
        patterns += [_ROLE, _LIST_MARK]
    for pattern in patterns:
        shorter = pattern.sub("", text, count=1)
        text = shorter if shorter.strip() else text
    return text


def _without_echo(text: str, source: str) -> str:
    """Take off the source where an answer repeats it before or behind the translation."""
    wanted = source.strip()
    start = text.find(wanted) if wanted else -1
    if start < 0:
        return text
    before, after = text[:start].strip(), text[start + len(wanted) :]
    behind = before.rstrip('(（["“ \n') if after.strip(')）]"” \n') == "" else ""
    if start > _LONGEST_LABEL and behind:
        return behind
    if before and not _ECHO_LABEL.fullmatch(before):
        return behind or text
    rest = _ECHO_BREAK.sub("", after, count=1) if _ECHO_BREAK.match(after) else after
    return rest if rest.strip() else text


def _unquoted(text: str, source: str) -> str:
    """Take off quotation marks around the whole text, unless the source begins with some."""
    if source.lstrip()[:1] in _SOURCE_QUOTES and source.strip():
        return text
    if match := _IN_ENGLISH.match(text):
        return match[1].strip() or text
    for opening, closing in _QUOTES:
        inside = text[len(opening) : -len(closing)]
        if inside and text == f"{opening}{inside}{closing}":
            # 'a' and 'b' begins and ends so too, and is no quotation
            return inside.strip() if opening not in inside and closing not in inside else text
    return text


def _one_line(text: str) -> str:
    """Put lines together: a sentence of a newspaper has one."""
    return re.sub(r"\s*[\r\n\u2028\u2029]+\s*", " ", text).strip()
