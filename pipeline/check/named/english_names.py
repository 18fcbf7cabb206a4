"""Names of Chinese people in an English text, recognised by their pinyin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from models.patterns import lazy
from pipeline.language.spellings import folded, syllable_splits
from pipeline.records import Span

_MOST_WORDS = 5_000
"""Capitalised words of one translation that are read."""
_WORD = lazy(r"(?<![\w'’-])[A-Z][A-Za-zü]+(?:[-'’][A-Za-zü]+)*(?!\w)")
_SURNAMES = frozenset(
    """ai an ao ba bai ban bao bei bi bian bin bo bu cai can cang cao cen ceng cha chai chan chang
    che chen cheng chi chong chou chu cong cui dai dan dang deng di diao ding dong dongfang dou
    du duan duanmu e fa fan fang fei feng fu gai gan gao ge geng gong gongsun gou gu guan guang
    gui guo hai han hang hao he hei heng hong hou hu hua huai huan huang huangfu hui huo ji jia
    jian jiang jiao jie jin jing ju kan kang ke kong kou kuai kuang lai lan lang lao lei leng li
    lian liang liao lin ling linghu liu long lou lu luan luo lv lyu ma mai man mao mei men meng
    mi miao min ming mo mou mu murong na nan nangong ni nian nie ning niu nong ou ouyang pan
    pang pei peng pi piao ping pu qi qian qiang qiao qin qiu qu quan ran rao ren rong ru ruan
    rui sang sha shan shang shangguan shao she shen sheng shi shou shu shui si sima situ song su
    sui sun suo tai tan tang tao teng tian tie tong tu wan wang wei wen weng wu xi xia xiahou
    xian xiang xiao xie xin xing xiong xiu xu xuan xue xun yan yang yao ye yi yin ying yong you
    yu yuan yuchi yue yun yuwen zai zang zeng zha zhai zhan zhang zhangsun zhao zhen zheng zhi
    zhong zhou zhu zhuang zhuge zhuo zong zou zu zuo""".split()
)
# English words that look like pinyin; as names they are not looked for.
_ENGLISH = frozenset(
    """an ai ban can chance change dance dang die do dong fan fang fang gang gone he hang ha hong
    hum long man me men mine pan pang ping quiche ran rang range sang sane sang she shun song sun
    tan tang tong tongue wan wing yang yen yin you young lance lunge lounge chi kong kang""".split()
)
_SURE_SURNAMES = frozenset(
    "sun tan tang fan pan yang yin long song dong fang kang kong ran an hong".split()
)
_SILENT = lazy(r"(?:[tsnmrc]e)$")
_SILENT_WORDS = frozenset(
    """lake take make wake cake sake fake bake bike hike like mike pike duke luke nuke joke poke
    woke page cage sage wage huge age guide ride side wide tide hide bide made mode code
    rude bade nude tale sale male pale bale dale gale kale mile file pile bile rule mule pole hole
    role sole whole while smile nile mole tile change range lounge lunge gauge""".split()
)
_PLACES = frozenset(
    "hongkong wanchai taishan hanshan hualien taipo tanshan lushan xianren wutai taiji tainan "
    "yinyang fengshui taichi qigong maotai mahjong kunlun ".split()
)
_NOT_BEFORE = lazy(
    r"(?:Mount|Mt\.?|Lake|Port|Pak|Abu|Al|El|San|Santa|Los|Las|Von|Van|De|Da|Di|Du|La|Le)\s$"
)
_NOT_AFTER = lazy(
    r"\s(?:Road|Street|Avenue|Lane|Highway|River|Lake|Mountain|Island|Bay|District|County|City"
    r"|Province|Town|Township|Village|Prefecture|Station|Bridge|Temple|Pavilion|Park|Dynasty"
    r"|Pass)\b"
)


@dataclass(frozen=True, slots=True)
class EnglishName:
    """A Chinese person's name in an English text, and every way to read its syllables."""

    text: str
    span: Span
    family: str
    readings: tuple[tuple[str, ...], ...]


def english_names(text: str) -> Iterator[EnglishName]:
    """Yield the names that are two capitalised words of pinyin, one of them a family name."""
    words = list(islice(_WORD.finditer(text), _MOST_WORDS))
    last_end = 0
    for number, (first, second) in enumerate(pairwise(words)):
        if first.start() < last_end or not _is_next(text, first, second):
            continue
        following = words[number + 2] if number + 2 < len(words) else None
        if following and _is_next(text, second, following) and not _may_begin(first, second):
            continue
        is_longer = following and _is_next(text, second, following) and len(following[0]) < 7
        name = _name(text, first, second)
        if name and not (is_longer and all(len(one) < 3 for one in name.readings)):
            last_end = second.end()
            yield name


def _is_next(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    return text[first.end() : second.start()] == " "


def _may_begin(first: re.Match[str], second: re.Match[str]) -> bool:
    """True if a name may begin with the first of three words: no title before a family name."""
    return folded(first[0]) in _SURNAMES or folded(second[0]) not in _SURNAMES


def _name(text: str, first: re.Match[str], second: re.Match[str]) -> EnglishName | None:
    one, other = folded(first[0]), folded(second[0])
    if not _is_pinyin(one) or not _is_pinyin(other) or one + other in _PLACES:
        return None
    if one in _ENGLISH and (one not in _SURE_SURNAMES or other in _ENGLISH):
        return None
    around = text[max(0, first.start() - 8) : first.start()], text[second.end() : second.end() + 14]
    if _NOT_BEFORE.search(around[0]) or _NOT_AFTER.match(around[1]):
        return None
    splits_one, splits_other = syllable_splits(one), syllable_splits(other)
    readings = [a + b for a in splits_one for b in splits_other]
    if one in _SURNAMES and min(map(len, splits_other)) <= 2:
        family = one
        if other in _SURNAMES and len(splits_other[0]) == 1:
            readings += [b + a for a in splits_one for b in splits_other]
    elif other in _SURNAMES and min(map(len, splits_one)) == 2:
        family = other
        readings = [b + a for a in splits_one for b in splits_other] + readings
    else:
        return None
    span = Span(first.start(), second.end())
    return EnglishName(text[span.start : span.end], span, family, tuple(readings))


def _is_pinyin(word: str) -> bool:
    if not syllable_splits(word):
        return False
    return word not in _SILENT_WORDS and not (len(word) < 7 and _SILENT.search(word))
