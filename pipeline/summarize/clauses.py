"""The clauses of a Chinese sentence, and the shorter sentences that they make.

A shorter sentence is a run of whole clauses. It may begin inside the sentence only behind an
adverbial (随着…，), a verb of saying (…表示，) or a semicolon, because the subject is there then.
Inside a clause, only adverbials of time and place, lists of offices, a relative clause before a
dated subject and an attribute at the start are taken out: the grammar of the rest stays.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from models.patterns import lazy
from pipeline.language.chinese import HAN, with_ordinary_marks
from pipeline.language.surnames import COMMON_SURNAMES
from pipeline.language.words import likeliest_words, may_be_name, may_be_place
from pipeline.summarize.cuts import CONNECTIVE, VERB, VERBS, between_words, reduced
from pipeline.summarize.tighten import tightened

# Behind a mark, but not inside 6：1 or 1，000.
_ENDS = lazy(r"(?<=[；。！？;!?])|(?<=，)(?!(?<=\d，)\d{3})|(?<=[：,])(?![0-9])")
_WIDE = {",": "，", ";": "；", ":": "：", "(": "（", ")": "）", "!": "！", "?": "？"}
_ASCII_MARK = lazy(
    rf"[,;:!?()](?:(?<=[{HAN}”’》）%][,;:!?])(?!\d)|(?<=\()(?=[{HAN}])|(?<=[{HAN}]\)))"
)
_MARKS = "，；：。！？,;!? "
_LEAST = 8
# Characters that the cuts may take out of a run, and runs of one sentence that are tried.
_MOST_CUT = 100
# Characters too many of a run that is worth the last cuts.
_MOST_TIGHTENED = 25
_MOST_RUNS = 200
# Lines up to here are to be as terse as a headline; longer ones have room for ranks and roles.
_MOST_OF_HEADLINE = 30
_PAIRS = ("“”", "《》", "‘’", "「」", "（）", "()", "『』", "【】")

# A time before a subject; one with a verb behind it, or so many characters, has its predicate.
_TIME = (
    rf"(?:近?\d+(?:月\d+)?日|近?\d+[年月]|近\d+|过去|当地时间|當地時間|日前|近日|今年|去年|明年|目前|当[天日]|此前|昨[日天]|今天|上午|下午|"
    rf"近年|近些年|最近|多年|如今|最终|未来|今后)(?![^，]{{20}}|[^，]*{VERB})"
)
_ADVERBIAL = lazy(
    r"^(?:随着|隨著|在(?![建校职线逃押任野场岗读])|因(?![此而])|由于|由於|为(?!人)|為|经(?![济理营常典销贸])|經|截至|截止|据(?!点)|據|从(?![而事业军])|從|"
    r"自(?![行由治主动然贸驾来己媒愿助])|当(?!局|选|事|地(?!时间))|當|虽然|雖然|尽管|儘管|除(?!夕)|针对|針對|面对|对于|对(?![手方阵决战外话])|對|"
    r"按(?!摩)|继(?![续承])|繼|凭借|承接|经历|为了|作为|作為|根据|根據|基于|得益于|受(?![伤害访贿审众助益理])|通过|通過|围绕|趁(?!胜)|结合|鉴于|伴随|"
    r"如果|只要|若(?!干)|一旦|不管|无论|即使|只有|不仅|不但|既|就[^，]*(?:情况|问题|事宜|一事|事件|话题|进展)，|本报"
    rf"|{_TIME})"
)
# Without these clauses, what follows says something else: conditions, exceptions, doubts, and
# who claims it for a state or a party.
_BINDS = lazy(
    r"^(?:如果|假如|假使|倘若|要是|若|一旦|只要|只有|除非|除|不管|无论|即使|哪怕|虽然|尽管|不仅|不但|既(?!然))"
    r"|^为[^，]*而[^，]*的|^在[^，]*(?:情况|前提|条件|假设)下"
    r"|(?:没有|没|未|不|无法|拒绝|[谣误网盛]传|传言|质疑|怀疑|担心)[^，]{0,6}$"
    r"|(?:总统|总理|首相|外长|防长|国防部|外交部|发言人|大使|军方|律师)[^，]{0,12}"
    r"(?:表示|认为|说|称|强调|指出|指责)$"
)
_SAYS = lazy(
    r"(?:表示|说|說|称|稱|认为|認為|指出|宣布|強調|强调|透露|介绍|介紹|获悉|显示|顯示|报道|呼吁|披露|表达|公告|发现|證實|证实|消息|看来|提出|通报|记载|"
    r"要求|希望|决定|预计|告诉[^，]{0,8}|建议|规定|提到|坦言|觉得|[为為]|是|有|将|在|对|的|和|与|及|或)$"
)
_HANGING_START = lazy(
    r"^(?:并|且|而|但|也|还|還|就|则|從而|从而|以及|于|於|被|使|让|讓|达|達|较|比|同比|环比|将|將|已|成为|是|有|可|会|能|要|应|不|没|均|都|"
    r"以|因此|所以|其|之|共|希望|呼吁|建议|依靠|力争|争取|旨在|用于|超过|进行|进一步|同时|同時|又|才|却|卻|更|再|并且|并将|与|和|及|到|至)"
)
_FORWARD = lazy(
    r"不仅|不但|虽然|雖然|尽管|如果|一方面|首先|一是|之所以|既(?!然)|与其|无论|不管|只要|一旦"
)
# A body or people that act: 该校 and 对手 lean on a clause before.
_BODY = lazy(
    r"^(?![该其对此这那两双全各帮率带领助令使让由被把将向给为与和以从吸引])[^了过着的、]{2,9}(?:公司|集团|队|法院|政府|市场|股指|指数|板块|银行|商品|产品|企业|专家|选手|总统|总理|首相|部长|主席|委员会|部门)$"
)
# What needs a sentence behind it: 中国800个产粮大县中，…
_OPEN_END = lazy(
    r"^(?:至于|关于)[^，]*$|(?:依靠|凭借|借助|怀着|带着|沿着|通过(?!了)|(?<![使利采运应])用)[^，]*的(?![^的，]{2,}(?:获胜|取胜|夺冠|晋级)$)[^，]{1,8}$|(?:根据|按照|依据|针对|围绕|结合)[^，]{2,16}$|刚[^，]*$"
    r"|(?:[做作]出|发表|发布)[^，]{0,4}(?:裁决|决定|判决|声明|公告|通知|消息|讲话)$"
    r"|^(?![^，]*(?:[置处陷位]于|[融载写编纳汇]入))[^，]*中$|(?:前后|因[^，]*等问题|年来|月来|时|之际|期间|以来|后|(?<![从目以提先])前|同时|情况下|背景下|(?:陪同|见证|带领|主持)下|(?:医治|抢救)无效)$"
)
# What is true only if the clause before it is, which has no 如果: 产品不合格，厂家就会召回.
_OUTCOME = lazy(
    r"^(?:就(?!业|[^，]*(?:问题|情况|一事))|便(?![利民衣])|才(?!能[^够]|华)|则)"
    rf"|^[^，]{{1,8}}(?:(?<![成造早])就|(?<![人天英])才|(?<![规原准守法细])则)(?:会|能|要|可|将|不|{VERB})"
)
# Who else is there, in a list that the clause before began: 在部长陈欢，局长李强陪同下…
_COMPANY = lazy(r"^[^，]{2,24}?(?:陪同|见证|带领|主持)下")
_DAY = r"(?:\d{1,2}月)?\d{1,2}日"
# A subject that a comma parts from its predicate: 全市的试点项目，平均…
_SUBJECT = lazy(
    rf"^(?![^，]*[未没]能|[^，]*(?:日|日前)[^，]*了)[^，]*的(?![^，]*(?:{VERB}(?!项目|工程|计划|活动)|[了把被]|以(?![上下内外])|(?<!名)将))[^，的]{{1,24}}$"
)
_PREDICATE = lazy(
    rf"^(?:平均|能|可|将|已|是|为|在|以|共|由|被|不|也|都|就|正|目前|如今|近日|日前|总|有|还|均|同比|从(?!而)|{_DAY}|{VERB})"
)
# A subject before what cannot be part of it, and a predicate that may follow it.
_TOPIC = lazy(
    rf"^([^，。；：]{{2,18}}?)(?=(?:当地时间)?(?:\d{{1,2}}月)?\d{{1,2}}日|日前|近日|当天|今天|昨天|在|以\d|[已将于]|{VERB})"
)
# What is planned, wished or denied in one clause is no fact in the next one.
_NOT_YET = lazy(r"(?<!名)将|拟|计划|可能|有望|希望|力争|旨在|要求|应[当该]|必须|[不没未]|拒绝|如果")
_PREDICATE_START = lazy(rf"^(?:并且?|也|还|且|同时|随后)?({VERB}|[将已]|以\d)")
_ENDS_BADLY = lazy(
    r"(?:[’？！：…—、]|[。！？…，]”|^“[^”]*”|“[^”]{17,}”|(?<!可以)说|表示|[声宣]称|指出|介绍|透露|告诉记者|获悉|交易日|记者|披露|表达)$"
    r"|^(?:随着|由于|虽然|尽管|凭借|为了|鉴于)[^，]*$|^[向把将是的]|^以[^，]*为例$"
    r"|(?:日|政府|部|局|委|院|公司|警方)公布$|其中[前后]者"
    # a noun with what came before it: 出生于海南的陈德琳
    rf"|^(?![^，]*(?:{VERB}|[是了被把：有将]))[^，]*的[^，的]{{0,14}}[{COMMON_SURNAMES}][{HAN}]{{1,2}}$"
)

# Where the news is behind it: 截至4日22时，统计数据显示，经过短暂休整之后，…
_EMPTY_OPENING = lazy(
    r"^(?:截[至止][^，]{2,16}|当地时间[^，]{0,12}|(?:\d{1,2}月)?\d{1,2}日(?:上午|下午|晚|凌晨)|[上下]午|最近|近日|日前|"
    r"在?(?:经过|经历)[^，]*?之?后|(?:根据|据)?[^，]{0,16}?(?:统计|数据)(?:显示|表明)?)，"
)


def shorter(sentence: str, most: int) -> Iterator[str]:
    """Yield shorter sentences of at most `most` characters, without the stop at the end."""
    terse = most <= _MOST_OF_HEADLINE
    found = dict.fromkeys(_shorter(sentence, most, terse))
    for text in found:
        opening = _EMPTY_OPENING.match(text) if terse and "，" in text else None
        if not opening or text[opening.end() :] not in found:
            yield text


def _shorter(sentence: str, most: int, terse: bool) -> Iterator[str]:
    for run in islice(_runs(sentence, most + _MOST_CUT), _MOST_RUNS):
        texts = reduced(run, terse)
        shortest = min(texts, key=len)
        if most < len(shortest) <= most + _MOST_TIGHTENED:
            texts = tightened(shortest)
        elif terse and len(shortest) <= most:
            texts += tightened(shortest, gently=True)
        for text in texts:
            if _LEAST <= len(text) <= most and is_closed(text) and not _ENDS_BADLY.search(text):
                yield text


def with_wide_marks(text: str) -> str:
    """Return a text with Chinese marks for those of ASCII and of vertical print; same length."""
    return _ASCII_MARK.sub(lambda match: _WIDE[match[0]], with_ordinary_marks(text))


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
                yield CONNECTIVE.sub("", run) if start else run
        yield from _later_predicates(parts, start)


def _later_predicates(parts: Sequence[str], start: int) -> Iterator[str]:
    """Yield the subject of a clause with predicates of the clauses behind it."""
    match = _TOPIC.match(parts[start])
    if (
        not match
        or _ADVERBIAL.match(parts[start])
        or not is_closed(match[1])
        or not between_words(parts[start], match.end())
    ):
        return
    for place in range(start + 1, len(parts)):
        before = parts[place - 1]
        if before.endswith(("；", "：", "。")) or _SAYS.search(before.rstrip(_MARKS)):
            return
        predicate = _PREDICATE_START.match(parts[place])
        if not predicate or _NOT_YET.search(before):
            return
        for end in range(place + 1, len(parts) + 1):
            if _may_end(parts, place, end):
                yield match[1] + "".join(
                    [predicate[1], parts[place][predicate.end(1) :], *parts[place + 1 : end]]
                ).rstrip(_MARKS)


def _has_subject(clause: str) -> bool:
    """True if a clause opens with a place or a person before its predicate: 上海将推出…"""
    match = _TOPIC.match(CONNECTIVE.sub("", clause))
    if not match:
        return False
    word = next(iter(likeliest_words(match[1])), (0, 0))
    name = match[1][slice(*word)]
    is_named = may_be_place(name) or may_be_name(name)
    return is_named or bool(_BODY.search(match[1]) and name not in VERBS and len(match[1]) <= 9)


def _starts(parts: Sequence[str]) -> list[int]:
    """Return the clauses with which a sentence may begin."""
    starts = [0]
    for index in range(1, len(parts)):
        before = parts[index - 1].rstrip(_MARKS)
        is_new = parts[index - 1].endswith(("；", ";")) or (
            index - 1 in starts and (_ADVERBIAL.match(before) or _SAYS.search(before))
        )
        if _BINDS.search(before):
            continue
        is_new = is_new or _has_subject(parts[index])
        is_bound = _HANGING_START.match(parts[index]) or _OUTCOME.match(parts[index])
        if is_new and not is_bound:
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
        or _OUTCOME.match(parts[end])
        or ("下" in parts[end] and _COMPANY.match(parts[end]))
        or _FORWARD.search(text)
        or _OPEN_END.search(last.rstrip(_MARKS))
        or (_SUBJECT.search(last.rstrip(_MARKS)) and _PREDICATE.match(parts[end]))
    )
