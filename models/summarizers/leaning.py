"""Sentences that say nothing without the one before them, and those that only decorate."""

import re

from models.patterns import lazy
from models.summarizers.similarity import HAN

_CHINESE = lazy(
    r"^(?:[“‘「『]?(?:这(?!样的人)|這|此|该(?!隐)|該|其(?!乐|實|实)|他(?!山|乡|人|國|国)|她|它|那(?!曲|坡|不勒斯)|前者|后者|後者|"
    r"双方|雙方|两者|两人|二人|三人|两国元首|两国领导人)"
    r"|[对對为為在据據就由与與从從至如因同除将將把让讓给給令使以受](?:此|这|這|该|該|其|他|她|它|那)"
    r"|(?:但|但是|然而|不过|不過|因此|所以|于是|于此|而且|并且|並且|否则|可是|而|却|则|反之|相反|换言之|换句话说|也就是说|接着|随后|隨後|之后|期间，|期間，|"
    r"事后|会后|會後|赛后|随即|为什么|也就是|例如|比如|譬如|如今|原来|尽管如此|同样|其次|再次|第[二三四五六]|二是|三是|四是|五是|另一|另有|另一方面))"
)
# A plan or a wish without who has it: 希望尽快立法。
_NOBODY = lazy(r"^(?:计划(?!生育|经济|单列|书)|希望(?!工程|小学|之)|力争|争取|参加[^，的]*，)")
# A speaker who goes on: 张三还表示, 会议同时指出.
_GOES_ON = lazy(
    r"^[^，。；：“”]{0,14}?(?:还|還|也|则|同时|同時|进一步|接着|补充|又)"
    r"(?:[^，。；：“”]{0,4})(?:表示|说|說|称|稱|指出|强调|強調|认为|認為|透露|介绍|介紹|提到|宣布|要求|建议|呼吁|坦言)"
)
_ENGLISH = lazy(
    r"^[\"“]?(?:this|that|these|those|he|she|it|they|his|her|its|their|but|however|moreover|"
    r"therefore|meanwhile|also|such|and|so|the former|the latter|for example|then)\b",
    re.IGNORECASE,
)
_QUOTED = lazy(r"^[“‘「『\"]")
_FINISHED = lazy(r"[。！？!?.…][”’」』）)\"]*$")
_CAPTION = (
    lazy(
        r"^(?:[图圖](?:[为為片一二三四五六七八九十]|\d)|资料图|資料圖|制图|供图|摄影|题图|新华社照片)"
    ),
    lazy(r"摄[）)]?。?$"),
    lazy(r"[（(][左右中上下][）)]"),
)
# An office without what became of it: 免去： 吴秀英的市教育局局长职务。
_OFFICE = lazy(r"^[^，。：]{2,6}的[^，。：]{2,30}职务[。；]?$")
_BACKGROUND = lazy(
    r"^(?:此前|以前|去年|前年|过去|曾经|早在|上个?月|\d+年前|[^，。]{0,16}曾[在与和获经被夺六多数]|自[^，]{1,12}以来)"
)
_BRACKETS = (("（", "）"), ("《", "》"), ("(", ")"))
_ASKS = lazy(r"[？?][”’」』）)\"]*$")


def leans(sentence: str) -> bool:
    """True if a sentence points to another one: 他还表示…, 这是…, This is …"""
    text = sentence.lstrip()
    if HAN.search(text):
        return any(pattern.match(text) for pattern in (_CHINESE, _GOES_ON, _NOBODY))
    return bool(_ENGLISH.match(text))


def is_quotation(sentence: str) -> bool:
    """True if a sentence opens with somebody's words, or has one end of them."""
    is_half = sentence.count("“") != sentence.count("”")
    return is_half or bool(_QUOTED.match(sentence.lstrip()))


def is_question(sentence: str) -> bool:
    """True if a sentence asks something."""
    return bool(_ASKS.search(sentence))


def is_background(sentence: str) -> bool:
    """True if a sentence opens with what was before the news: 去年…, 此前…"""
    return bool(_BACKGROUND.match(sentence.lstrip()))


def follows_item(before: str) -> bool:
    """True if the sentence after this one is the next item of a list: 任命：, …主任；"""
    return before.rstrip().endswith(("；", ";", "：", ":"))


def is_whole(sentence: str) -> bool:
    """True if a sentence ends with its stop and its brackets closed, and is no caption.

    Headings and credits have no stop.
    """
    text = sentence.strip()
    if any(text.count(start) != text.count(end) for start, end in _BRACKETS):
        return False
    is_caption = any(pattern.search(text) for pattern in _CAPTION)
    return bool(_FINISHED.search(text)) and not is_caption and not _OFFICE.search(text)


def rank_of_form(sentence: str) -> int:
    """Return 0 for a sentence that can be a summary by itself, up to 3 for one that cannot.

    1 for quotations and questions, 2 for a sentence that leans, 3 for fragments and captions.
    """
    if not is_whole(sentence):
        return 3
    if leans(sentence):
        return 2
    return int(is_quotation(sentence) or is_question(sentence))
