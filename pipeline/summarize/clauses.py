"""The clauses of a Chinese sentence, and the shorter sentences that they make.

A shorter sentence is a run of whole clauses. It may begin inside the sentence only behind an
adverbial (随着…，), a verb of saying (…表示，) or a semicolon, because the subject is there then.
Inside a clause, only adverbials of time and place, lists of offices, a relative clause before a
dated subject and an attribute at the start are taken out: the grammar of the rest stays.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pipeline.language.chinese import HAN

_ENDS = re.compile(r"(?<=[，；：。！？,;!?])(?![0-9])")
_WIDE = {",": "，", ";": "；", ":": "：", "(": "（", ")": "）", "!": "！", "?": "？"}
_ASCII_MARK = re.compile(rf"(?<=[{HAN}”’》）%])[,;:!?](?!\d)|\((?=[{HAN}])|(?<=[{HAN}])\)")
_MARKS = "，；：。！？,;!? "
_LEAST = 8
# Characters that the cuts may take out of a run, and runs of one sentence that are tried.
_MOST_CUT = 200
_MOST_RUNS = 200
_PAIRS = ("“”", "《》", "‘’", "「」", "（）", "()", "『』", "【】")

_ADVERBIAL = re.compile(
    r"^(?:随着|隨著|在|因|由于|由於|为|為|经|經|截至|截止|据|據|从|從|自|当|當|虽然|雖然|尽管|儘管|除|针对|针對|面对|对于|对|對|"
    r"按|继|繼|作为|作為|根据|根據|基于|得益于|受|通过|通過|围绕|趁|结合|鉴于|伴随|如果|只要|若|一旦|不管|无论|即使|只有|不仅|不但|既|"
    r"\d+(?:月\d+)?日|\d+年|\d+月|当地时间|當地時間|日前|近日|今年|去年|明年|目前|当天|当日|此前|昨日|昨天|今天|上午|下午|"
    r"本报|近年|近些年|最近|多年|如今|最终|未来|今后)"
)
_SAYS = re.compile(
    r"(?:表示|说|說|称|稱|认为|認為|指出|宣布|強調|强调|透露|介绍|介紹|获悉|显示|顯示|报道|呼吁|发现|證實|证实|消息|看来|提出|"
    r"要求|希望|决定|预计|告诉|建议|规定|提到|坦言|觉得|[为為]|是|有|将|在|对|的|和|与|及|或)$"
)
_HANGING_START = re.compile(
    r"^(?:并|且|而|但|也|还|還|就|则|從而|从而|以及|于|於|被|使|让|讓|达|達|较|比|同比|环比|将|將|已|成为|是|有|可|会|能|要|应|不|没|均|都|"
    r"以|因此|所以|其|之|共|超过|进行|进一步|同时|同時|又|才|却|卻|更|再|并且|并将|与|和|及|到|至)"
)
_FORWARD = re.compile(
    r"不仅|不但|虽然|雖然|尽管|如果|一方面|首先|一是|之所以|既(?!然)|与其|无论|不管|只要|一旦"
)
# What needs a sentence behind it: 中国800个产粮大县中，…
_OPEN_END = re.compile(r"(?:中|时|之际|期间|以来|之后|同时|情况下|背景下)$")
# A subject that a comma parts from its predicate: 全市的试点项目，平均…
_SUBJECT = re.compile(r"的[^，的]{1,7}$")
_PREDICATE = re.compile(
    r"^(?:平均|能|可|将|已|是|为|在|以|共|由|被|不|也|都|就|正|目前|近日|日前|总|有|还|均|同比|从)"
)
_TIME = re.compile(
    r"(?<![月年\d至到自从從于於在截前起—\-、和“第])(?:当地时间|當地時間)?(?:\d{1,2}月)?\d{1,2}日"
    r"(?:上午|下午|晚间|晚上|晚|凌晨|中午|傍晚|夜间|早上|早间|清晨|深夜|夜)?(?![起至到前后後的、—\-电电游元军式本\d，])"
    r"|(?:日前|近日|当天|当日|当晚)(?=[在与與发發举舉召正宣公启啟开開表对對向])"
    r"|(?:正式|隆重)(?=[启开揭上发公实投運运对])"
)
_DATE_FIRST = re.compile(
    r"^(?:当地时间|北京时间)?(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日"
    r"(?:上午|下午|晚间|晚上|晚|凌晨|中午|傍晚)?，?(?![至到的电起、—\-])"
)
_EVENT = (
    r"(?:正式|隆重|成功|联合|先后|陆续)?(?:举行|召开|开幕|揭幕|举办|启动|亮相|揭晓|落幕|闭幕|发布|开馆|落成|成立|签署|会见|会谈|拉开|展出|"
    r"开业|营业|上演|展开|宣布|表示|公布|开工|通车|开赛|结束|打响|首演|首映|上映|开庭|受审|颁奖|收官|挂牌|推出|首飞|会晤)"
)
_PLACE = re.compile(
    r"(?:(?<![\d月日进])|(?<=日))(?:在|于)(?!“)[^，。；在于的]{2,16}?" + rf"(?={_EVENT})"
)
_OFFICE = (
    r"[^，。；、“”的]{1,14}(?:书记|主席|总理|委员|部长|省长|市长|主任|局长|会长|院长|常委|"
    r"总统|司令员|政委|代表|秘书长|董事长|总裁|厅长)"
)
_OFFICES = re.compile(rf"(?:{_OFFICE}、)+(?={_OFFICE})")
_RELATIVE = re.compile(r"^[^，。；：—]{6,}的(?=[^，。；：的]{2,28}?\d{1,2}日)")
# An attribute at the start, unless it says which or how many: 未达标的企业 stays.
_ATTRIBUTE = re.compile(
    r"^(?![^，的]{0,15}(?:[不没未无非仅只最某超第\d]|以[上下内外]|部分|多数|少数|唯一|所有|全部))"
    r"[^，。；：“”—的]{2,16}的(?=[^，。；：的]{6,})"
)
_SETTING = re.compile(
    r"(?<=[^，；])在(?![^，]{0,14}(?:情况|条件|前提))[^，。；：“”在]{2,16}?(?:上|中|下|内|里|期间|方面|领域)"
    r"(?![海国午央学旬调降滑部心跌涨升])(?=[^，。；：]{4,})"
)
_ADVERB = re.compile(
    r"(?:已经|进一步|当天|当日|顺利(?=[完通开举])|成功(?=[发举完登夺入开救击])|分别(?=[以在获夺与和])"
    r"|共同(?=[举主出]))(?=[^，])"
)
_CONNECTIVE = re.compile(r"^(?:此外|另外|同时|但是|但|不过|而|最终|此前)，?")
_CUTS = (
    *(_RELATIVE, _OFFICES, _PLACE, _TIME, _DATE_FIRST, _CONNECTIVE),
    *(_ATTRIBUTE, _SETTING, _ADVERB),
)
_ENDS_BADLY = re.compile(r"[”’？！：…—、]$")


def shorter(sentence: str, most: int) -> Iterator[str]:
    """Yield shorter sentences of at most `most` characters, without the stop at the end."""
    for run in islice(_runs(sentence, most + _MOST_CUT), _MOST_RUNS):
        for text in _reduced(run):
            if _LEAST <= len(text) <= most and is_closed(text) and not _ENDS_BADLY.search(text):
                yield text


def with_wide_marks(text: str) -> str:
    """Return a text with Chinese marks for those of ASCII, as OCR has them; same length."""
    return _ASCII_MARK.sub(lambda match: _WIDE[match[0]], text)


def is_closed(text: str) -> bool:
    """True if every quotation mark and bracket has its partner."""
    return all(text.count(pair[0]) == text.count(pair[1]) for pair in _PAIRS)


def clauses(sentence: str) -> list[str]:
    """Cut a sentence behind its commas, semicolons and colons, never inside a quotation."""
    parts: list[str] = []
    held = ""
    for piece in _ENDS.split(sentence):
        held += piece
        if held and is_closed(held):
            parts.append(held)
            held = ""
    return [*parts, held] if held else parts


def _runs(sentence: str, most: int) -> Iterator[str]:
    """Yield runs of whole clauses of at most `most` characters."""
    parts = clauses(sentence)
    for start in _starts(parts):
        size = 0
        for end in range(start + 1, len(parts) + 1):
            size += len(parts[end - 1])
            if size > most:
                break
            if _may_end(parts, start, end):
                run = "".join(parts[start:end]).rstrip(_MARKS)
                yield _CONNECTIVE.sub("", run) if start else run


def _starts(parts: Sequence[str]) -> list[int]:
    """Return the clauses with which a sentence may begin."""
    starts = [0]
    for index in range(1, len(parts)):
        before = parts[index - 1].rstrip(_MARKS)
        is_new = parts[index - 1].endswith(("；", ";")) or (
            index - 1 in starts and (_ADVERBIAL.match(before) or _SAYS.search(before))
        )
        if is_new and not _HANGING_START.match(parts[index]):
            starts.append(index)
    return starts


def _may_end(parts: Sequence[str], start: int, end: int) -> bool:
    """True if nothing that the clauses promise is missing: 不仅 without 而且, 表示 without what."""
    if end == len(parts):
        return True
    last = parts[end - 1]
    text = "".join(parts[start:end])
    return not (
        last.endswith(("：", ":"))
        or _SAYS.search(last.rstrip(_MARKS))
        or _ADVERBIAL.match(last)
        or _FORWARD.search(text)
        or _OPEN_END.search(last.rstrip(_MARKS))
        or (_SUBJECT.search(last.rstrip(_MARKS)) and _PREDICATE.match(parts[end]))
    )


def _reduced(run: str) -> list[str]:
    """Return a run and what is left of it after any of the cuts."""
    texts = [run]
    for cut in _CUTS:
        for text in tuple(texts):
            less = cut.sub("", text, count=1).lstrip("，、")
            if less not in texts and len(less) >= _LEAST:
                texts.append(less)
    return texts
