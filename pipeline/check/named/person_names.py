"""Names of Chinese people in a Chinese text, recognised by what stands beside them.

记者李晓明报道 (a title before), 王建国总理 (a title behind), 刘健表示 (a verb that people do).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.gazetteer import known_people
from pipeline.language.sentence_cache import remembered
from pipeline.language.surnames import (
    COMMON_SURNAMES,
    DOUBLE_SURNAMES,
    RARE_IN_CLAUSES,
    SURNAMES,
)
from pipeline.language.words import is_word, likeliest_words, word_costs
from pipeline.records import Span

_MOST_NAMES = 200
"""Names of one sentence that are looked for."""


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name of a Chinese person: the span of the longest reading, and the possible names."""

    span: Span
    names: tuple[str, ...]


_TITLES = (
    "记者|通讯员|编辑|书记|主任|教授|医生|医师|大夫|院士|博士|局长|处长|科长|区长|县长|市长"
    "|省长|州长|镇长"
    "|乡长|村长|部长|司长|厅长|总理|总统|主席|委员长|董事长|总经理|经理|厂长|校长|院长|馆长"
    "|会长|理事长"
    "|秘书长|研究员|专家|律师|法官|检察官|检察长|警官|民警|老师|导演|演员|歌手|作家|诗人|画家"
    "|教练|队长"
    "|站长|所长|社长|台长|团长|行长|司令|将军|选手|运动员|发言人|负责人|创始人|总裁|主播"
    "|主持人|志愿者"
    "|工程师|设计师|经济学家|分析师|航天员|飞行员|烈士"
)
_ALSO_BEFORE = (
    "|居民|村民|市民|同学|学生|患者|司机|护士|员工|职工|农民|渔民|球员|队员|党员|店主|老板"
    "|嘉宾|首席执行官"
    "|科学家|物理学家|化学家|数学家|村支书|实习生|代表|委员|顾问"
)
_ALSO_BEHIND = "|先生|女士|同志|小姐"
_VERBS = (
    "表示|指出|得知|获悉|认为|介绍|告诉|透露|强调|坦言|说|称|报道|报导|摄影|撰文|主持|会见|出席"
    "|宣布|发表|辞职|回忆|解释"
    "|呼吁|坚持|补充道|回答|感慨|直言|率团|率队|接受采访|接受记者|获得|夺冠|当选|担任|捐款"
    "|捐出|赢得|访问"
)
_DOT = "·•・‧．"
_DOES = rf"(?:{_VERBS}|在|与|和|将|向|率|参加|前往|带领|率领|今|昨|正)"
_FOLLOWS = (
    rf"(?={_DOES}|摄|等|是|的|及|对|以|从|已|也|为|来|到|作|被|把|给|因|就|还|曾|于|自|跟|同"
    rf"|又|则|都|会|近|当)"
)
_AFTER = rf"(?:(?=$|[^{HAN}\w{_DOT}]|\s)|{_FOLLOWS})"
_CLAUSE = rf"(?:(?<=[^{HAN}\w{_DOT}\-])|(?<=^))"
_DOUBLE = "|".join(sorted(DOUBLE_SURNAMES))
_TWO_TO_THREE = (
    rf"(?:(?:{_DOUBLE})[{HAN}]{{1,2}}|[{SURNAMES}][{HAN}]{{1,2}}|[{SURNAMES}]\s[{HAN}]{{1,2}})"
)
_COMMON = rf"(?:(?:{_DOUBLE})[{HAN}]{{1,2}}|[{COMMON_SURNAMES}][{HAN}]{{1,2}})"
# What no given name holds.
_NO_GIVEN = set(
    "是也的了不就都还又要会在有个这那我你他她它们什么为被把从到等没只却所并且但或及其此各每某"
    "说先后前者"
)
_NO_PERSON = lazy(
    r"[们书者家方官员局部会报署院厅社先女士联病协盟词信稿站省市县区镇村国州军团队党系族某总副]$"
)
# Syllables that write foreign names: 皮特曼 is Pittman, not Pi Teman.
_FOREIGN = set("特尔斯克尼姆曼森顿格里拉卡巴伯罗蒂诺维奇雷利亚莱茨夫布迪耶蒙瓦")
_JAPANESE = lazy(
    r"(?:高[市桥木田野山岛井]|石[田破川井原黑塚]|田[中村边原口代]|松[本井田下尾岛冈]"
    r"|金[子田城井]|池[田上内]"
    r"|安[倍藤田达部]|宫[本崎泽城]|武[田藤井]|原[田口]|古[田川贺]|江[口藤川]|柳[井田原]"
    r"|林[田真]|冈[本田村]"
    r"|黑[田泽木]|白[石井川]|水[野谷原]|吉[田野川村]|成[田濑]|向[井田]|平[野田井]|方[正]"
    r"|福[田岛原]|广[濑田]"
    r"|梅[田原]|桑[田原]|河[野村合]|谷[口川]|关[口根]|杉[山本]|东[条野]|沙[田]|今[井村]|太[田]"
    r"|时[任田]|南[野原云])"
)
_HAN_RUN = lazy(rf"[{HAN}]*")


@remembered
def person_names(source: str) -> Iterator[PersonName]:
    """Yield the names of Chinese people in a text, in order, without overlap."""
    by_start: dict[int, PersonName] = {}
    patterns = _PATTERNS
    for pattern in patterns:
        for match in islice(pattern.finditer(source), _MOST_NAMES):
            start = match.start("name")
            is_titled = pattern is patterns[0]
            if start not in by_start and (
                one := _candidate(source, start, match["name"], is_titled)
            ):
                by_start[start] = one
    end = 0
    for start in sorted(by_start)[:_MOST_NAMES]:
        if start >= end:
            yield by_start[start]
            end = by_start[start].span.end


_PATTERNS = (
    # 记者李晓明报道, （记者 陈静）
    lazy(rf"(?:{_TITLES}{_ALSO_BEFORE})[\s:：]?(?=(?P<name>{_TWO_TO_THREE}))"),
    # 李晓明记者, 王建国总理
    lazy(rf"{_CLAUSE}(?=(?P<name>{_COMMON})(?:副|老)?(?:{_TITLES}{_ALSO_BEHIND}))"),
    # 刘健表示
    lazy(rf"{_CLAUSE}(?=(?P<name>{_COMMON}){_DOES})"),
)
"""Where names are: behind a title, before a title, before a verb."""
_RIGHT = lazy(rf"(?:副|老)?(?:{_TITLES}{_ALSO_BEHIND})|{_AFTER}")
"""What may follow a name."""
_SPEAKS = lazy(_VERBS)


def _candidate(source: str, start: int, longest: str, is_titled: bool) -> PersonName | None:
    """Return the readings of a place as a name that ends where names end, None if there is none."""
    if _JAPANESE.match(longest) or _starts_word(source, start) or _is_counted(source, start):
        return None
    shortest = (
        (2 if longest[:2] in DOUBLE_SURNAMES else 1) + 1 + (" " in longest or "\u3000" in longest)
    )
    names, last = [], start
    for length in range(len(longest), shortest - 1, -1):
        name = re.sub(r"\s", "", longest[:length])
        speaks = bool(_SPEAKS.match(source, start + length))
        if _RIGHT.match(source, start + length) and _is_plausible(
            name, is_titled=is_titled, speaks=speaks
        ):
            names.append(name)
            last = max(last, start + length)
    return PersonName(Span(start, last), tuple(names)) if names else None


def _is_plausible(name: str, *, is_titled: bool, speaks: bool) -> bool:
    given = name[2:] if name[:2] in DOUBLE_SURNAMES else name[1:]
    if name in known_people():
        return True
    if not given or set(given) & _NO_GIVEN or _NO_PERSON.search(name) or set(given) & _FOREIGN:
        return False
    if name[0] in RARE_IN_CLAUSES and not speaks and (len(given) < 2 or given in word_costs()):
        return False
    return not is_word(name) and (is_titled or speaks or name not in word_costs())


def _is_counted(source: str, start: int) -> bool:
    """True if a number stands before the place: 429 张."""
    return bool(re.search(r"\d\s*$", source[max(0, start - 3) : start]))


def _starts_word(source: str, start: int) -> bool:
    """True if the family name begins or ends a common word: 但是也表示, 孙先生."""
    before = max(0, start - 6)
    run = _HAN_RUN.match(source, start, start + 8)
    lead = re.search(rf"[{HAN}]*$", source[before:start])
    left = lead[0] if lead else ""
    text = left + (run[0] if run else "")
    for first, last in likeliest_words(text):
        if first <= len(left) < last:
            return last - first > 1 and is_word(text[first:last])
    return False
