"""What may be left out inside a clause of Chinese news, so that its grammar stays.

Adverbials of time and place, titles before names, asides and attributes go; every cut ends at the
edges of words. A denial, a number with its unit, half of a quotation or a subject never goes.
"""

import re
from functools import lru_cache

from models.patterns import lazy
from pipeline.data_file import data_words
from pipeline.language.chinese import HAN
from pipeline.language.surnames import COMMON_SURNAMES
from pipeline.language.transliteration import CHARACTERS
from pipeline.language.words import likeliest_words

_MOST_TEXTS = 64
"""Texts that are made of one run of clauses."""
_LEAST = 8
_REACH = 6
VERBS = frozenset(data_words(__file__, "news_verbs.txt"))
"""Verbs with which a predicate begins."""
_ADVERB = (
    "(?:正式|隆重|成功|联合|共同|先后|陆续|首次|再次|再度|首度|将|已|即将|继续|公开|重新|开始)?"
)
# Most characters begin no verb: to look at one is quicker than to try every verb.
_FIRST = "".join(sorted({verb[0] for verb in VERBS} | set("正隆成联共先陆首再将已即继公重开")))
VERB = rf"(?=[{_FIRST}]){_ADVERB}(?:{'|'.join(sorted(VERBS, reverse=True))})(?!的)"

DAY = r"(?:\d{4}年)?(?:\d{1,2}月|本月)?\d{1,2}日"
# A report of every day keeps its date: 28日，国内大宗商品收跌.
_DAILY = r"，?国内[^，。；]{1,14}(?:商品|期货|油价|金价)"
HOUR = r"(?:(?:上午|下午|晚间|晚上|晚|凌晨|中午|傍晚|夜间|早上|早间|清晨|深夜|夜)(?:时分)?)?"
_TIME = lazy(
    r"(?<![月年\d至到自从從于於在截前起—\-、和“第])(?:当地时间|當地時間|北京时间)?(?:\d{1,2}月)?\d{1,2}日"
    rf"{HOUR}(?!时分|前(?!往)|[起至到后後的、—\-电电游元军式本\d，]|{_DAILY})"
)
_LATELY = lazy(
    r"(?<![至到自从在截于、])(?:日前|近日|当天|当日|当晚|同日|今天|昨天|昨日|今日)(?![的起前后至到，、晚上下])"
)
_DATE_FIRST = lazy(
    rf"^(?:当地时间|北京时间)?{DAY}{HOUR}(?!{_DAILY})，?(?![至到的电起、是—\-]|{_DAILY})"
)
_ON_DAY = lazy(
    rf"(?<!将)(?:于|在){DAY}(?:至{DAY})?{HOUR}(?:\d{{1,2}}时)?(?:\d{{1,2}}分)?(?=在|{VERB})"
)
_PLACE = lazy(
    rf"(?<=[^\d月进其属力，])(?:在|于)(?!“|此|\d+月)(?:(?!可以|能够|应当|必须|期间)[^，。；在于的将已]){{2,16}}?(?<![为对向与和由被把让使遭])(?={VERB})"
)
_OFFICE = (
    r"[^，。；、“”的在]{1,14}(?:书记|专家|院士|作家|艺术家|主席|总理|委员|部长|省长|市长|主任|局长|会长|院长|常委|"
    r"总统|司令员|政委|代表|秘书长|董事长|总裁|厅长|大使|外长|防长|司长|校长|教授|行长)"
)
_OFFICES = lazy(rf"(?:{_OFFICE}、)+(?={_OFFICE})")
_TITLE = lazy(
    rf"(?:^|(?<=[与和同，]))(?:{_OFFICE}、)*{_OFFICE}(?=[{COMMON_SURNAMES}][{HAN}]{{1,2}}(?:{DAY}|[在与说将向因]|{VERB}|表示|指出|强调|认为))"
)
# Offices of foreigners, whose surnames no list has: 阿根廷总统马克里18日宣布.
_FOREIGN_TITLE = lazy(
    rf"(?:^|(?<=[与和同，]))[^，。；：、“”的]{{2,12}}(?:总统|总理|首相|外长|国王|首席执行官|国务卿|发言人|主教练)"
    rf"(?=(?:[{HAN}]{{1,5}}·)*[{HAN}]{{2,4}}(?:{DAY}|[在与说将]|{VERB}|表示|指出|强调|认为))"
)
_RELATIVE = lazy(r"^[^，。；：—]{6,}的(?![^，]{0,12}——)(?=[^，。；：的]{2,28}?\d{1,2}日)")
_NARROW = (
    r"(?!在|[^，的]{0,15}(?:[不没未无非仅只最某超第\d]|以[上下内外]|部分|多数|少数|唯一|所有|全部|"
    r"越来越|许多|不少|大量|众多|必须|应当|可以|"
    r"导致|引起|涉嫌|参加|持有|使用|购买|从事|进口|出口|生产|销售)|[^，]{0,20}——|[^，]{0,20}的[^，]{0,6}[下中里时内]，)"
)
# An attribute at the start, unless it says which or how many: 未达标的企业 stays.
_ATTRIBUTE = lazy(
    rf"^(?![就因经用以按靠凭比随沿除])(?![^，的]*其){_NARROW}[^，。；：“”—的将把是了向对让使令给]{{2,16}}的(?!是)(?=[^，。；：的]{{6,}})"
)
# What a named event caused or who made it; who is meant by 导致死亡的药物 stays.
_LONG_ATTRIBUTE = lazy(
    r"^(?:造成|导致|致)[^，。；：“”—的]{2,40}的(?=[^，。；：的]{0,16}(?:案|事故|爆炸|火灾|地震|袭击))"
    r"|^(?:讲述|由(?=[^，的]*(?:发起|主办|举办|承办|出版|组织|执导|主演)的))[^，。；：“”—的]{2,40}的"
    r"(?=[^，。；：的]{6,})"
)
# What the short form of a name leaves out: 湖南省(人民)政府, 股份有限公司.
_LONG_NAME = lazy(
    r"人民(?=政府|法院|检察院)|中国人民(?=解放军)|(?:股份)?有限(?:责任)?(?=公司)|(?<=[亿万]元)人民币"
)
# Other words for the same: A、B、C联合发布 → A等发布; 对A进行修订 → 修订A.
_FORMS = (
    ("人有", _LONG_NAME, ""),
    (
        "、",
        lazy(
            rf"^([^，。；：、“”《》的在]{{2,12}})(?:、[^，。；：、“”《》的在]{{2,14}}){{2,}}(?=(?:{DAY})?(?:联合|共同))"
        ),
        r"\1等",
    ),
    (
        "对",
        lazy(
            r"对(?!于)([^，。；：]{2,40}?)进行了?(修订|公示|审理|表彰|处罚|整治|改造|审议|抽检|通报)(?=$|，)"
        ),
        r"\2\1",
    ),
)
# The characters with which names of foreigners are written.
FOREIGN = "".join(sorted(CHARACTERS))
# Whose it is (终结了威利斯的温网之旅) and how many (开了三十年的餐馆) stay.
_OF_OBJECT = lazy(
    rf"(?<=[了着])(?<![随沿]着)(?<![为除]了)(?![一二两三四五六七八九十百千几数多\d]|[^，的]*[{FOREIGN}]{{3,}}的)"
    r"([^，。；：“”—的了]{2,16}的)(?=[^，。；：的]{2,})"
)
_SETTING = lazy(
    r"(?:^|(?<=[^，；其]))在(?![^，]{0,14}(?:情况|条件|前提))[^，。；：“”在]{2,16}?(?:上|中|下|内|里|期间|方面|领域)"
    r"(?![海国午央学旬调降滑部心跌涨升])(?=[^，。；：]{4,})"
)
_ADVERBS = lazy(
    r"(?:已经|进一步|新近|依法(?=[继开审判批逮])|当天|当日|顺利(?=[完通开举])|成功(?=[发举完登夺入开救击])|分别(?=[以在获夺与和])"
    r"|共同(?=[举主出])|正式|隆重|(?<=[定将])于(?:本月|\d{1,2}月)(?=[前举开启]))(?=[^，的])"
)
CONNECTIVE = lazy(r"^(?:此外|另外|同时|但是|但|不过|而|最终|此前)，?")
_ASIDE = lazy(rf"——[^，。；：—]{{1,14}}?(?={DAY}|{VERB}|在)")
_LEVEL = lazy(
    rf"(?<=[{HAN}][{HAN}])省(?=[{HAN}]{{2,3}}[市县州])|(?<=[{HAN}][{HAN}])市(?=[{HAN}]{{1,2}}[县区])"
)
_SEASON = lazy(
    r"(?<!\d)\d{4}(?:[-—]\d{4})?(?:年|赛季)?(?=[^，。；\d的底末初至到起以度前后中上下]{2,}(?:赛|会|展|节|杯|论坛))"
)
# Given names of foreigners, as headlines leave them out: 法国总理曼努埃尔·瓦尔斯.
_GIVEN_NAME = lazy(
    r"(?:^|(?<=[员手长官家星将王锋卫人理相统席授士爵和与对向被由、]))"
    r"(?!买买|吐尔|阿不|努尔|古丽|艾|玉素|木拉|库尔)"
    rf"(?:[{FOREIGN}]{{1,5}}[·•])+(?=[{FOREIGN}]{{2,6}})"
)
_MEASURED = lazy(
    r"(?:长达|为期|历时|耗时|总额|价值|高达|重达|年仅|现年)[^，。；：的]{2,10}的(?=[^，。；：]{2,})"
)
PAIRS = "|".join(sorted(verb for verb in VERBS if len(verb) == 2))
# 了 comes first in the pattern: to look for it is quick, to look for each verb is not.
_DONE = lazy(rf"了(?<=(?:{PAIRS})了)(?=[^，。；：、的解]{{2,}})")
_BRACKET = lazy(r"（[^（）不未除含仅]{1,30}）")
# Every cut with characters one of which its match has or has beside it; few sentences have them.
CUTS = (
    ("的", _RELATIVE),
    ("、", _OFFICES),
    ("书专院作艺主总委部省市局会院常司政代秘董厅大外防校教行", _TITLE),
    ("日", _ON_DAY),
    ("在于", _PLACE),
    ("日", _TIME),
    ("日当天晚", _LATELY),
    ("日", _DATE_FIRST),
    ("外同但不而最此", CONNECTIVE),
    ("的", _ATTRIBUTE),
    ("造导致由讲", _LONG_ATTRIBUTE),
    ("的", _OF_OBJECT),
    ("在", _SETTING),
    ("已进当顺成分共正隆于新依", _ADVERBS),
    ("—", _ASIDE),
    ("省市", _LEVEL),
    ("（", _BRACKET),
    ("0123456789", _SEASON),
    ("·•", _GIVEN_NAME),
    ("统理相长王官卿人练", _FOREIGN_TITLE),
    ("长为历耗总价高重年现", _MEASURED),
    ("了", _DONE),
)
# Daily reports of markets as their headlines have them: 28日国内金银商品收跌.
_MARKET = r"国内[^，。；]{1,14}?(?:商品|期货|油价|金价)"
_MARKET_FORMS = (
    (lazy(r"黄金(?:期货)?[、和]白银(?:的?期货及现货(?=商品)|(期货)及现货商品|期货)?"), r"金银\1"),
    (lazy(rf"^(?:\d{{1,2}}月)?(\d{{1,2}}日)，?({_MARKET})"), r"\1\2"),
    (lazy(rf"^({_MARKET})(\d{{1,2}}日)(?=[^，])"), r"\2\1"),
)
# What a headline has no room for, whatever else it keeps.
_NEVER_IN_HEADLINES = (_TIME, _LATELY, _DONE)
_SPEECH = lazy(
    rf"^([^，。；：“”不没未否拒]{{2,16}}?)(?<![还也又则时])(?<!随后)(?:日前|近日|{DAY})?{HOUR}(?:在[^，。；：]{{2,30}}|(?:接受|对)[^，。；：]{{2,16}}时)?"
    r"(?:表示|说|[宣声]?称|认为|指出|强调|透露|宣布|介绍说|介绍|告诉[^，。；：]{2,8})，(?=[^并也还他她其，][^，]{3,})"
)
# What somebody says about themselves needs no colon: 公司宣布，将…
_PLAN = lazy(r"[将拟]|计划|准备|同意|拒绝")


def as_headlined(sentence: str) -> str:
    """Return a report of a market with its date first; any other sentence as it is."""
    if "国内" in sentence:
        for pattern, form in _MARKET_FORMS:
            sentence = pattern.sub(form, sentence)
    return sentence


def with_colon(text: str) -> str:
    """Return what somebody said behind a colon, as headlines have it: 市长：明年通车."""
    if not (match := _SPEECH.match(text)):
        return text
    mark = "" if _PLAN.match(text, match.end()) else "："
    return f"{match[1]}{mark}{text[match.end() :]}"


def reduced(run: str, terse: bool) -> list[str]:
    """Return a run of clauses and what is left of it after any of the cuts.

    A `terse` text has nothing left of what headlines never keep.
    """
    texts = [run]
    held = frozenset(run)
    for needed, pattern, form in _FORMS:
        if not held.isdisjoint(needed):
            texts += [less for text in tuple(texts) if (less := pattern.sub(form, text)) != text]
    if "，" in held and (said := with_colon(run)) != run:
        texts.append(said)
    for needed, cut in CUTS:
        if held.isdisjoint(needed):
            continue
        is_forced = terse and cut in _NEVER_IN_HEADLINES
        for text in tuple(texts):
            less = _without(cut, text)
            if less == text or len(less) < _LEAST:
                continue
            if is_forced:
                texts.remove(text)
            if less not in texts:
                texts.append(less)
        if len(texts) > _MOST_TEXTS:
            break
    return texts


def _without(cut: re.Pattern[str], text: str) -> str:
    """Return a text without the first match that begins and ends between words."""
    for match in cut.finditer(text):
        # a comma before what is left would part the subject from a short predicate
        is_parted = match.start() > 0 and text[match.start() - 1] == "，"
        if is_parted and not text.startswith(("，", "；"), match.end()):
            continue
        if between_words(text, match.start()) and between_words(text, match.end()):
            return (text[: match.start()] + text[match.end() :]).lstrip("，、")
    return text


def between_words(text: str, place: int) -> bool:
    """True if no word of a text reaches over a place."""
    start = max(0, place - _REACH)
    return _cuts_no_word(text[start : place + _REACH], place - start)


@lru_cache(maxsize=16384)
def _cuts_no_word(text: str, place: int) -> bool:
    return place in (0, len(text)) or any(start == place for start, _ in likeliest_words(text))
