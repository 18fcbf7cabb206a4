"""The furniture of a news sentence: its dateline, the reporters, its number, the closing (完).

本报讯（记者 张三）, 新华社北京1月1日电, 【环球时报】 and the like say who reports, not what
happened.
"""

from models.patterns import lazy
from pipeline.language.chinese import HAN

_AGENCY = (
    r"(?:本[报報刊台网網社]|新[华華](?:社|网|網|每日电讯)|中新[社网網]|中国新闻网|中央社|人民(?:网|日报|網|日報)|"
    r"央[视視](?:网|新闻|網)?|法新社|路透社|美联社|塔斯社|共同社|综合新华社|据新华社|"
    rf"[{HAN}]{{2,6}}(?:日报|晚报|早报|晨报|时报|日報|晚報|時報|新闻网|电视台))"
)
_KIND = (
    r"(?:新媒体|体育|快|特|专)*(?:讯|訊|电|電|"
    r"(?:消息|综合报道|綜合報導|报道|報導)(?=[ \u3000：:（(】]|$))"
    r"(?:题[：:])?"
)
_ROLE = (
    r"(?:[本特]?[报報约約派]{0,2}(?:驻\w{2,6})?(?:记者|記者|通讯员|通訊員|报道员|"
    r"实习生|见习记者|编辑|文|图))"
)
# Two or three characters, or a foreign name, after a role; the last one before a space or a mark.
_PERSON = rf"[{HAN}·]{{2,4}}"
_PEOPLE = rf"{_PERSON}(?:[ \u3000、]+(?:{_ROLE}[ \u3000]*)?{_PERSON}){{0,5}}"
_SIGNED = rf"(?:[ \u3000]*[（(][^（）()。]{{0,30}}{_ROLE}[^（）()。]{{0,40}}[）)])"
_BARE = rf"(?:[ \u3000]*{_ROLE}[ \u3000:：]*{_PEOPLE}(?=[ \u3000\n]|$)[ \u3000]*)"
_PLACE = r"[^，。；！？（()）“”《》\n]{0,24}?"

_OPENINGS = tuple(
    lazy(rf"^[ \u3000]*{pattern}[ \u3000]*")
    for pattern in (
        rf"[（(]{_AGENCY}{_PLACE}(?:{_KIND})?[ \u3000，,]*(?:{_ROLE}[^（）()]{{0,40}})?[）)]",
        rf"(?:综合|据)?{_AGENCY}{_PLACE}{_KIND}(?:{_SIGNED}|{_BARE})?[ \u3000:：]*",
        rf"{_AGENCY}(?:快讯|消息)[：:，,]",
        rf"{_AGENCY}[^，。；：！？]{{0,20}}(?:编辑部|编辑室|采编室|[发供]稿中心|[发供]稿部)$",
        # what an agency tells editors of items to come: 《…》（约1000字，约15时播发）
        r"[^。（(]{0,120}(?:[（(][^（）()]{0,20}[）)][^。（(]{0,120})?[（(][^（）()]{0,60}约\d{1,5}[字时][^（）()]{0,30}(?:播发|发稿).*$",
        rf"[■□●◆▲△◎○]*[ \u3000]*(?:{_AGENCY})?{_BARE}",
        rf"{_SIGNED}(?:[：:])?",
        r"【[^】]{1,30}】",
        r"[■□●◆▲△◎○]",
        # the number of an item, but not that of a line: 1、2号线
        r"(?:\d{1,2}[、．.]|[（(]\d{1,2}[）)][、．]?|[①-⑳])(?!\d)",
        r"[（(]?[一二三四五六七八九十]{1,3}(?:、|[）)][、．]?)(?![一二三四五六七八九十])",
        rf"[A-Za-z][)）.．][ \u3000]*(?=[{HAN}])|[☐☑☒※]|[-–—][ \u3000]+",
        # the end of a quotation that began before
        r"[”’」』）]",
    )
)
_CLOSINGS = lazy(
    r"[ \u3000]*[（(](?:完|全文完|完毕|未完待续|下转[^（）()]{0,12}|"
    rf"{_AGENCY}[^（）()]{{0,30}}|{_ROLE}[^（）()]{{0,30}})[）)][ \u3000]*$"
)

# The headline that a dateline gives: 新华社北京1月1日电题：…, or a kind of piece: 专电综述：…
_SERIES = (
    r"[\w·]{0,6}(?:手记|特写|综述|分析|通讯|评论|时评|述评|观察|随笔|侧记|速写|札记|调查|专访)[：:]"
)
_HEADLINE = lazy(
    rf"^[ \u3000]*{_AGENCY}{_PLACE}[电電]{_SIGNED}?[ \u3000]*(?:题[：:]|(?={_SERIES}))[ \u3000]*"
    rf"([^。！？\s](?:[^。]*?[^。，；：、\s])?)(?:[ \u3000]{{2,}}(?:{_AGENCY})?{_ROLE}.*)?$"
)


def headline_of_dateline(text: str) -> str:
    """Return the headline that the dateline of a text gives; empty if it gives none.

    >>> headline_of_dateline("新华社北京1月1日电题：新年钟声")
    '新年钟声'
    """
    match = _HEADLINE.match(text)
    return match[1] if match else ""


def without_furniture(sentence: str) -> str:
    """Return a sentence without dateline, reporters and closing mark; empty if there is no more.

    >>> without_furniture("新华社北京1月1日电（记者 张三）新年音乐会举行。（完）")
    '新年音乐会举行。'
    """
    text = sentence.strip()
    changed = True
    while changed:
        changed = False
        for opening in _OPENINGS:
            match = opening.match(text)
            if match and match.end():
                text, changed = text[match.end() :], True
    return _CLOSINGS.sub("", text).strip()
