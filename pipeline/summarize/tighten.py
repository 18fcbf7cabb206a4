"""Shorten a line of Chinese news that is still too long after the first cuts.

Here words go that tell the reader less than the room they take: the rank of a player, an office
before a name, who came along, a score, the bodies of a list but the first, what is behind 一项.
"""

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.surnames import COMMON_SURNAMES
from pipeline.summarize.cuts import DAY, FOREIGN, HOUR, PAIRS, VERB, between_words

_LEAST = 8
_MOST_TEXTS = 12
_ROUNDS = 2

_NAME = rf"(?:[{HAN}]{{1,5}}[·•])*(?:[{FOREIGN}]{{2,6}}|[{COMMON_SURNAMES}][{HAN}]{{1,2}})"
# What may follow a name, so that it is one.
_BEHIND_NAME = rf"(?=$|，|、|{DAY}|[在与说将向以被为任对]|{VERB}|表示|指出|认为|强调|成功)"
_ROLE = (
    r"(?:选手|名将|老将|小将|新秀|新星|球员|球星|国脚|前锋|中场|门将|后卫|主帅|主教练|总教练|教练|队长|议员|作家|导演|演员|歌手|"
    r"主持人|总统|总理|首相|外长|国王|部长|主席|书记|院士|局长|会长|院长|校长|教授|董事长|总裁|司长|主任|秘书长|大使|冠军|得主|所长|组长|科学家)"
)
_RANK = (
    r"(?:东道主|(?:上届|卫冕)冠军|领头羊|老牌劲旅|劲旅|升班马|[西英意德法中][甲超]豪门|奥运冠军|世界冠军|排名世界第[一二三四五六七八九十\d]+的|"
    r"(?:头号|赛会|\d+号|[一二三四五六七八九十]+号|男单|女单)+种子)"
)
_BODY = r"(?:部|局|委|院|会|办|所|厅|社|使馆|大学|公司|集团|银行|总署|政府|公安|央|部门|单位)"
# A character of a noun phrase: no verb begins here, and no word that governs what follows.
_NOUN = rf"(?:(?!{VERB})[^，。；：、“”的了将对因由与和被把在他她])"
_WIN = r"(?:力克|击败|战胜|不敌|险胜|轻取|大胜|完胜|负于|淘汰|横扫|逆转|获胜|输给)"
_PIECE = "[座个项名位家种款批场份]"
_MANNER = (
    r"(?:再次|继续|正式|成功|顺利|隆重|联合|共同|先后|陆续|纷纷|分别|专门|积极|最终|依法|公开|"
    r"不断|进一步|已经|终于)+"
)
_HOW = r"(?:正式|成功|顺利|隆重|联合|共同|先后|陆续|分别|最终|依法|公开|已经|终于)+"
# Characters of which a match has one at least, the pattern, and what stays of it.
# What a headline may leave out even where it has room.
_GENTLE = (
    (
        "种冠头旅东升豪排",
        lazy(rf"(?:^|(?<=[，不敌]))(?<!\d){_RANK}、?(?={_NAME}|[{HAN}]{{2,8}}(?:队|选手|名将))"),
        "",
    ),
    (
        "手将秀星员锋",
        lazy(
            rf"(?:^|(?<=力克|击败|战胜|不敌|淘汰|横扫)|(?<=[与和同，由被]))"
            rf"{_NOUN}{{0,8}}(?:选手|名将|老将|小将|新秀|新星|球员|球星|前锋)(?={_NAME}{_BEHIND_NAME})"
        ),
        "",
    ),
    (
        "同环",
        lazy(
            rf"(?<=[^\d，达到为至约超逾]{{4}})(?<!{PAIRS})"
            r"(?:(?<=[量额值数入润])(?:累计|共)?(?:完成|实现|达到?|为|约|超过))?"
            r"[\d.]+[万亿]*[^\d，。；的]{1,5}，"
            r"(?=(?:同比|环比)[增下减降上升回][长降少低升加落][\d.]+)"
        ),
        "",
    ),
    (
        "年",
        lazy(r"(?<=[获得授予])\d{4}年度(?=[^，。]{2,16}奖)"),
        "",
    ),
    (
        "正成顺隆联共先陆分最依公已终",
        lazy(rf"(?<![的行其了种个，]){_HOW}(?={VERB})"),
        "",
    ),
)
# What only a line that is still too long loses.
_CUTS = (
    *_GENTLE[:-1],
    (
        "手将秀星员卫帅教长议作导演歌主总首相王席记院授裁任使得科家军前门锋场脚",
        lazy(
            rf"(?:^|(?<=授予|聘请|任命|会见|力克|击败|战胜|不敌|淘汰|横扫)|(?<=[与和同，由被向请]))"
            rf"(?:{_NOUN}{{2,14}}、)?{_NOUN}{{0,14}}{_ROLE}(?={_NAME}{_BEHIND_NAME})"
        ),
        "",
    ),
    (
        "于",
        lazy(
            rf"(?<!将)于{DAY}(?:至{DAY})?{HOUR}(?!开始|期间|才|[^，]{{0,3}}的|[起前后、至])(?=[{HAN}])"
        ),
        "",
    ),
    (
        "与",
        lazy(
            rf"(?<=[{HAN}”])与[^，。；：与和“”]{{2,20}}?(?={DAY}|前往|来到|走进|参观)(?![^，]*(?:会谈|会晤|签|合作))"
        ),
        "",
    ),
    (
        "以",
        lazy(rf"以(?:总比分|大比分)?[三两]?个?\d[^，。；：]{{0,10}}?(?={_WIN}(?![^，]*的))"),
        "",
    ),
    (
        "凭依",
        lazy(
            rf"(?<=[{HAN}”])(?<![仅只要望将])(?:凭借|依靠|依托)[^，。；：]{{1,18}}的[^，。；：的]{{1,8}}，"
        ),
        "",
    ),
    ("以", lazy(r"(?<!只)以[^，。；：“”为]{2,16}的(?:成绩|优势|比分|总分)"), ""),
    (
        "、和",
        lazy(
            rf"^({_NOUN}{{2,12}}{_BODY})(?:、{_NOUN}{{2,16}})*?[、和]{_NOUN}{{2,16}}?{_BODY}"
            rf"(?=(?:{DAY})?(?:联合|共同|在|{VERB}))"
        ),
        r"\1等",
    ),
    (
        "协方计报决议目文",
        lazy(
            r"(?<=达成|签署|通过|批准|接受|公布|公示|发布|发表)[^，。；：“”—的了]{0,8}(?:提出|解决|关于|有关)[^，。；：“”—的了]{0,10}的"
            r"(?=[^，。；：的]*(?:协议|方案|计划|报告|决议|议案|目录|文件)(?:$|，))"
        ),
        "",
    ),
    (
        "一",
        lazy(
            rf"(?<![第每另唯]一{_PIECE})(?<!唯一一{_PIECE})(?<=一{_PIECE})(?![^，的]*[不没未无非仅只最某超首])"
            rf"[^，。；：“”—的]{{2,14}}的(?!{VERB})(?=[^，。；：的]{{2,}}(?:$|，))"
        ),
        "",
    ),
    ("等", lazy(r"在[^，。；：在的]{2,24}等(?:领域|方面|行业)的?(?=[^，。；：]{2,})"), ""),
    ("归", lazy(r"归属于?(?:上市公司|母公司|本公司)?的?股东的?(?=净利润)"), ""),
    (
        "目最日近本",
        lazy(
            rf"(?<![\d至到从自于])(?:目前|最近|日前|近日|近期|本周)(?=已|将|正|有|在|仍|被|可|{VERB})"
        ),
        "",
    ),
    (
        "再继正成顺隆联共先陆纷分专积最依公不进已终",
        lazy(rf"(?<![的行其了种个]){_MANNER}(?={VERB})"),
        "",
    ),
)


def tightened(text: str, gently: bool = False) -> list[str]:
    """Return what is left of a text after any of these cuts, the shortest at least.

    With `gently`, only what no headline needs is cut.
    """
    held = frozenset(text)
    rows = _GENTLE if gently else _CUTS
    cuts = [(pattern, form) for needed, pattern, form in rows if not held.isdisjoint(needed)]
    texts, done = [text], frozenset[str]()
    for _ in range(_ROUNDS if cuts else 0):
        begun = frozenset(texts)
        if begun <= done:
            break
        for pattern, form in cuts:
            for one in [one for one in texts if one not in done]:
                for match in pattern.finditer(one):
                    less = one[: match.start()] + match.expand(form) + one[match.end() :]
                    if between_words(one, match.start()) and between_words(one, match.end()):
                        texts += [less] if less not in texts and len(less) >= _LEAST else []
                        break
        texts, done = sorted(texts, key=len)[:_MOST_TEXTS], done | begun
    return [one for one in texts if one != text]
