"""The kind of a line, recognised by its words alone: date, credit, page number, jump, furniture.

Kinds that depend on the lines around it (title, heading, caption) are decided in `stories.py`.
"""

import re

from models.patterns import lazy
from pipeline.language.chinese import HAN, has_word, is_finished
from pipeline.language.numbers.publication_dates import (
    CHINESE_NUMBER,
    SIGNED_DATE,
    is_date,
    is_posted,
)
from pipeline.language.surnames import COMMON_SURNAMES, are_names, is_name
from pipeline.records import BlockKind

_LONGEST = 160
_SHORT = 60
_LONGEST_TAIL = 36

_ORNAMENT = r"[□■◆◇●◎○▲△☆★※►▶◀◢◣·•—\-\s\u3000]*"
_PAGE = (
    rf"(?:第\s*(?:[A-Z特]?\s?\d{{1,3}}|[{CHINESE_NUMBER}]{{1,4}})\s*版|[A-Z特专增]\s?\d{{1,2}}(?:\s*[-—~/]\s*[A-Z特]?\d{{1,3}})?\s*版?"
    rf"|\d{{1,3}}\s*版|[{CHINESE_NUMBER}]{{1,3}}版|版次[:：]?\s*\S{{1,6}}|第\s*\d{{1,3}}\s*页(?:\s*[，/,]?\s*共\s*\d{{1,3}}\s*页)?"
    rf"|第\s*[{CHINESE_NUMBER}]{{1,3}}\s*张|P\.?\s?\d{{1,3}}|[Pp]age\s*\d{{1,3}})"
)
_SECTION = (
    rf"(?:[{HAN}]{{0,4}}(?:新闻|要闻|快讯|简讯|专版|专刊|特刊|周刊|副刊|版面|特别报道|专题报道)"
    r"|时政|时事|社会|经济|财经|文化|体育|科技|教育|健康|评论|时评|民生|法治|理论|专题|深度|综合|都市|文娱|娱乐"
    r"|农业|三农|乡村|产业|环保|军事|公益|广告|理财|证券|金融|科学|读书|艺术|影视|观点|声音|区域|长三角|区县"
    r"|汽车|楼市|旅游|视点|焦点|关注|国际|国内|本市|夜光杯|读者来信|文体|人文|生活)"
)
_SECTION_LINE = lazy(rf"{_ORNAMENT}[【\[]?{_SECTION}[】\]]?{_ORNAMENT}$")
_PAGE_NUMBER = lazy(
    rf"(?:[-—–·|/\s]*(?:\d{{1,3}}|{_PAGE})[-—–·|/\s]*"
    rf"|{_PAGE}\s*[:：|·]?\s*{_SECTION}|(?:第\s*[A-Z特]?\s?\d{{1,3}}|[A-Z]?\d{{2}})\s*版[\s:：|·/／]+[{HAN}]{{2,6}}|\d{{2}}\s*[:：|·]?\s*{_SECTION}|{_SECTION}\s*(?:[:：|·]|…{{1,20}}|[.·]{{3,40}})?\s*(?:{_PAGE}|\d{{2}}))$"
)
_PAPER_NAME = lazy(rf"[{HAN}]{{1,8}}(?:报|消息|电讯|周刊|周末)|(?:本报)?今[日天].{{1,4}}版")
_FOLIO_GAP = lazy(r"\s*[|｜/／]\s*|(?<!第)\s+(?!版)")
_FOLIO_NAME, _MONTH_IN_FOLIO = lazy(rf"[{HAN}·]{{1,8}}"), lazy(r"月|\d\s*[-./]\s*\d")
_TO_PAGE = (
    rf"(?:下转|上接|紧接|转|接)\s*第?\s*[A-Z特]?\s*(?:\d{{1,3}}|[{CHINESE_NUMBER}]{{1,3}})\s*版"
    r"[^\s（）()【】。]{0,12}"
)
_JUMP = lazy(
    rf"[（(【\[▶►>→⇨↓\s]*(?:{_TO_PAGE}|(?:相关)?(?:报道|内容|全文|评论)?(?:详见|见|刊)\s*第?[A-Z]?\d{{1,3}}\s*版\S{{0,6}})"
    r"[）)】\]▶►>→◀\s]*$"
)
_JUMP_END = lazy(rf"(?:[（(【]\s*{_TO_PAGE}\s*[）)】]|[▶►>→]+\s*{_TO_PAGE})\s*$")
_JUMP_START = lazy(rf"\s*[（(【]\s*{_TO_PAGE}\s*[）)】]\s*")
_PAPER = "(?:日报|晚报|早报|晨报|时报|商报|导报|快报|都市报|周报|周末报)"
_NEWSPAPER = lazy(rf"[{HAN}]{{2,6}}{_PAPER}")
# a sentence behind the label of an address, without what looks like one: 电话：他没有留下号码。
_TOLD = r"(?!(?:(?!\d[\d\s-]{4}|\d\s*[号弄室楼层]|@|https?:|www\.)[^。！？]){6,}[。！？])"
_FURNITURE = lazy(
    rf"{_ORNAMENT}(?:广\s*告(?:[·|：:].{{0,40}})?|分类广告|公益广告|(?:国内统一|国际标准)?(?:连续出版物|刊)号.{{0,60}}"
    r"|(?:国内统一刊号|邮发代号|CN\s?\d{2}-|ISSN).{0,60}|[（(]?(?:总第|第)\s*\d{1,6}\s*[期号][）)]?|今[日天]\s*\d{1,3}\s*版"
    r"|(?:零售价?|定价|每份|售价).{0,20}元[^。！？]{0,20}|(?!服务.{0,40}。)(?:新闻|广告|发行|订阅|投诉|举报|读者|服务|联系)(?:热线|电话)"
    rf"(?:\s*[:：]{_TOLD}.{{0,58}}|[^。！？]{{0,60}}|[\d\W]{{5,60}})"
    r"|\{\d{1,4}\}-{8,}|[（(]\d{1,9} ?(?:rows?|行)[)）]|\d{1,9} rows? in set.{0,20}"
    r"|(?:社址|地址|邮编|邮政编码|电话|传真|网址|邮箱|电子邮箱|微信公众号|印刷|承印|法律顾问|承印单位)"
    rf"\s*[:：]{_TOLD}.{{0,80}}|(?:主办|主管|出版|承办|协办)(?:单位)?\s*[:：]{_TOLD}.{{0,60}}"
    r"|扫(?:码|描|一扫)[^。！？]{0,24}|(?:点击|长按)[^。！？，]{1,12}关注[^。！？，]{0,10}|(?:点击)?(?:展开|阅读|查看|收起)(?:全文|原文|更多)|https?://\S+|www\.\S+"
    r"|(?i:[A-Z][A-Z' ]{1,30}\b(?:daily|news|times|post|journal|herald|weekly)(?:\s+\d{1,3})?)"
    rf"|[{HAN}]{{1,6}}{_PAPER}|[{HAN}]{{0,6}}{_PAPER}\s*[·•|｜]\s*{_SECTION})$"
)
_FOOTNOTE = lazy(
    r"\[\^[^\]\n]{1,20}\][:：]|[（(\[]?注(?:释)?\s*(?:\d*|[①-⑳])\s*[:：]|[※]\s*注|[\[［【〔]注释?\s?\d*[\]］】〕]"
)
_ITEM = lazy(
    r"[•·●○◆◇■▪▫►☆★✓√]\s*|\d{1,2}[.．)）]\s*(?![\d])|\d{1,2}、(?!\d)|[（(]\d{1,2}[)）]|[①-⑳⑴-⒇㊀-㊉]"
)
_BRACKETED_ITEM = lazy(
    rf"(?:\d{{1,2}}[)）]|[（(]\d{{1,2}}[)）])\s*(?![\d\s])|[a-z][)）]\s*(?=[{HAN}])|[☐☑☒](?!.*[☐☑☒])\s*(?=\S)"
)

REPORTER = (
    rf"(?:(?:本报|本刊|本网|新华社|新华网|中新社|人民网|央视|{_ORNAMENT})?(?:首席|见习|实习|特派|特约|高级|资深|全媒体|融媒体|摄影|驻[{HAN}]{{1,6}})*"
    r"(?:记者|通讯员|评论员|撰稿人|撰稿|实习生|研究员))"
)
_WRITING = (
    r"(?:撰文|撰稿|文字|文并图|图文|文图|文|作者|采写|采访|口述|整理|编译|翻译|译者|供稿|执笔)"
)
_DESK = (
    r"(?:本版|(?:本版)?责任|执行|副刊|美术|视觉|本期|图片|值班|版面|文字|新媒体)?"
    r"(?:编辑|责编|主编|编委|主任|美编|版式设计|版式|设计|视觉|校对|检校|审读|审校|组版|策划|统筹|监制|出品|终审|审核)"
)
_SOURCE = (
    r"(?:(?:图片|信息|资料|数据|稿件)?来源|供图(?:单位)?|图片提供|图源|供稿(?:单位)?"
    r"|电脑制图|制图|制表|插图|绘图|题图|漫画|绘画|书法|篆刻)"
)
_PHOTO_ROLE = r"(?:(?:本[组版文报])?(?:摄影|摄像|(?:无人机)?航拍|图片|照片)|图|摄|配图)"
_OTHER_ROLE = rf"(?:{_WRITING}|{_DESK}|{_SOURCE}|{_PHOTO_ROLE})"
_ROLE = rf"(?:{REPORTER}|{_OTHER_ROLE})(?:[/／、与和]{_OTHER_ROLE})*"
_WITH_MARK = lazy(rf"{_ORNAMENT}[（(【]?{_ROLE}\s*[/／:：|｜丨]\s*(?P<who>\S.{{0,60}}?)[)）】]?$")
_WITH_BLANK = lazy(rf"{_ORNAMENT}[（(【]?{_ROLE}[\s\u3000]+(?P<who>\S.{{0,60}}?)[)）】]?$")
_GLUED = lazy(rf"{_ORNAMENT}[（(【]?{REPORTER}(?P<who>[{HAN}].{{0,40}}?)[)）】]?$")
_DONE = (
    r"(?:摄影报[道导]|摄影|报[道导]|摄|文/图|图/文|文并摄|文图|供图|撰文|文|图|绘|编译|整理|制图"
    r"|漫画|供稿|综合)"
)
_TRAILING = lazy(rf"{_ORNAMENT}[（(]?(?P<who>.{{1,40}}?)[\s/／]*{_DONE}[)）]?$")
_EXCEPT = lazy(r"[（(](?:除[^（）()]{1,10}[外者]|[^（）()]{1,10}除外)[)）]?$")
"""`（除署名外）` behind the names of a credit, whose last bracket may be off already."""
_END_OF_TEXT = lazy(r"[（(]全[书文篇剧]完[)）]$")
"""（全书完）: 全 is a family name too."""
_MARK_OF_AUTHOR = lazy(r"[□■◇◆◎○●▲△★☆]\s*")
_PEN_NAME = lazy(rf"[{HAN}]{{1,2}}[^\W拍]")
_PEN_NAMES = lazy(rf"[{HAN}]{{2,4}}(?:[\s、][{HAN}]{{2,4}}){{0,2}}")
_BARE_ROLE = lazy(rf"{_ORNAMENT}(?:{REPORTER}|{_DESK}|撰文|摄影)[/／:：]?$")
_EACH_WITH_WORK = lazy(
    rf"(?:(?:{REPORTER})?\s*(?P<who>[^\s/／、，]{{2,4}})[\s/／]*(?:撰文|摄影|文|图|摄|绘)(?:[\s、，]+|$))"
)
_PICTURES = (
    r"(?:以上|上述|文[中内]|部分|本版|本组|本报|本文)?(?:[配插]?图|图片|照片)(?:除\S{1,6}外)?"
    r"(?:均|皆|都)?"
)
_PICTURES_FROM = lazy(
    rf"{_ORNAMENT}[（(【\[]?{_PICTURES}(?:由\s*\S{{2,16}}(?:提供|供图|拍摄|摄影|摄)"
    r"|[为系]\S{0,12}(?:提供|供图|拍摄|摄影|摄|资料图片?|资料照片|网络图片?)|(?:来自|源自|来源于|选自)\S{2,16}"
    r"|\s+(?P<who>\S.{1,20}?)\s*(?:摄影|摄))[)）】\]]?$"
)
# a sign before the name of a writer: □ 苏　河
_BOXED = lazy(
    rf"(?:[□○◎◇][ \u3000]*(?=[{COMMON_SURNAMES}])|[■◆●][ \u3000]*(?=[{HAN}][ \u3000]+[{HAN}]))"
    r"(?P<who>.{2,40})$"
)
_IS_PHOTO = lazy(
    r"摄|航拍|供图|配图|图片|图源|照片|(?:^|[\s/／（(])图|资料图|新华社发|视觉中国|IC\s?[Pp]hoto|东方IC|CFP"
    r"|截[图屏]|图[片像]?[)）】]?$"
)
_IS_WRITING = lazy(r"(?<!本)文(?![中内])(?=[\s/／:：|｜)）、图字并]|$)|图文|报道|编辑")
_NEWS_PHOTO = lazy(
    r"[（(]?(?:均为|本报)?(?:新华社(?:发|照片)?|中新社发?|视觉中国|东方IC|IC\s?[Pp]hoto|CFP"
    r"|资料图片?|资料照片|网络图片)(?:\s*[（(].{0,24}[）)])?[)）]?$"
    r"|[（(【]?(?:图片?(?:源?据|来?自|源[自于]?)[^，。；：]{2,16}|(?:新华社?|中新社?|人民)图片"
    r"|(?:视频|网络|监控|电视)(?:视频)?截[图屏]|AI\s?(?:生成|制作|绘制?)的?图[片像]?)[)）】]?$"
)
_PHOTO_END = lazy(
    rf"(?P<credit>(?:均[为由])?(?:{REPORTER}\s*)?(?P<who>[^\s。，；（(]{{0,16}}(?:[\s、][{HAN}]{{1,4}}){{0,3}})"
    r"[\s/／]*(?:摄影报[道导]|摄影|摄|供图|绘|制图))"
    rf"(?:[/／](?:[{HAN}]{{2}}(?:图片|影像)|人民视觉|视觉中国))?[)）]?。?$"
)
_TAKEN_ON = lazy(r"(?<=摄)[\s，]*[于（(]?(?:\d{2,4}年)?\d{1,2}月\d{1,2}日[)）。]*$")
_AGENCY = (
    r"(?:新华社|新华网|中新社|中新网|视觉中国|人民视觉|东方IC|IC\s?[Pp]hoto|CFP|路透社?|法新社|美联社"
    r"|资料图?|网络|受访者|[^\s，。]{0,10}(?:记者|通讯员))"
)
_PICTURE_SOURCE = lazy(
    r"(?:图片?|照片|摄影?|摄像|(?:无人机)?航拍|配图|供图|题图|插图|制图|图源|(?:图片|照片|影像|视频)来源)\s*[/／|｜丨:：]\s*[^，。；]{2,24}"
    r"|(?:本[文版报组]|文中|部分)?(?:[配插]?图片?|照片)(?:均|皆|都)?(?:来自|源自|来源于|选自|转自|由)[^，。；]{2,20}"
    r"|(?:本[文版报组]|文中|部分)?(?:[配插]?图片?|照片)(?:均|皆|都)?为[^，。；]{0,8}(?:资料图片?|资料照片|供图|提供|拍摄|摄)"
    rf"|{_AGENCY}(?:\s?[/／]\s?{_AGENCY})*(?:\s?[^\s，。]{{2,4}})?\s?[/／]?\s?(?:图|摄影?|发|供图|照片)"
    rf"|(?:摄影|摄像|配图|供图|图)[\s\u3000]+[{HAN}]{{2,4}}(?:[\s\u3000、]+[{HAN}]{{2,4}}){{0,3}}"
    rf"|[{HAN}]{{2,4}}\s?[/／]\s?(?:图|摄影?|供图|绘)|(?:人民|新华社?|中新社?)图片"
    r"|图(?:片|源)?[据自][^，。；]{2,16}|图源[自于]?[^，。；自于]{2,16}|[©Ⓒ]\s?[^，。；]{2,20}"
    r"|(?i:photo(?:s|graph)?(?: by|[:：/／])[^，。；]{2,24}|VCG|Getty Images|CNSPHOTO)"
    rf"|{_AGENCY}\s?[/／]\s?{_AGENCY}|人民视觉|视觉中国|东方IC|IC\s?[Pp]hoto|CFP"
    r"|(?:\d{4}年(?:\d{1,2}月)?)?(?:本报|本刊|本台)?资料(?:图片?|照片)|(?:无人机|拼版)照片|AI\s?(?:生成|制作|绘制?)的?(?:图[片像]?|照片)"
    r"|(?:视频|网络|监控|电视|手机|微博|[^\s，。；、的]{0,8}新闻)(?:视频)?截[图屏]"
)
_BEFORE_PHOTO_CREDIT = lazy(r"[\s\u3000（(【\[/／。！？|▲△”]+")
_CAPTION_START = lazy(
    r"[▲△▼▽↑↓←→⬆⬇◀]|(?:图为|上图|下图|左图|右图|题图|图片说明|资料图|效果图|本版图片)|[（(][上下左右]图[）)]|图\s*[①-⑩\d一二三四五六]{0,2}\s*[:：为]|[图表]\s?\d{1,2}(?:-\d{1,2})?[:：\s]"
)
_SHOWN = lazy(r"(?:资料|效果)(?:图片?|照片|影像)(?:显示|表明|证明|证实|里|中(?!的))")
_DATELINE = lazy(
    rf"(?:本报|本刊|新华社|新华网|中新社|中新网|人民网|央视|据)[^，。；！？]{{0,24}}(?:讯|电|消息|报道)(?=[\s（(：:，,{HAN}]|$)"
)


def line_kind(text: str) -> BlockKind | None:
    """Return the kind of a line by its words, or None if they do not decide it."""
    if len(text) > _LONGEST:
        return None
    is_wide = text[1:2].isspace() and text[3:4].isspace()  # a name such as 江 城 日 报
    closed = "".join(text.split()) if is_wide else text
    if not has_word(text) or _FURNITURE.match(closed):
        return "furniture"
    inner = text[1:-1] if text[:1] in "（(【[" and text[-1:] in "）)】]" else text
    if is_date(text) or is_posted(inner) or _is_signed_date(inner):
        return "date"
    if len(text) <= _SHORT and (_PAGE_NUMBER.match(text) or _is_folio(text)):
        return "page_number"
    if len(text) <= _SHORT and _JUMP.match(text):
        return "jump"
    if is_credit(text):
        return "credit"
    if is_caption(text):
        return "caption"
    if _FOOTNOTE.match(text):
        return "footnote"
    if is_section(text):
        return "section"
    if _BRACKETED_ITEM.match(text):
        return "list_item"
    if is_item(text) and (is_finished(text) or text.endswith(("：", ":")) or len(text) > _SHORT):
        return "list_item"
    return None


def _is_folio(text: str) -> bool:
    """True if the line at the head or foot of a page names the paper, and its page or date.

    Its parts are a paper, dates, sections and one page number, and nothing else. Beside a date
    and a page number, any name may be that of the paper: 人民生活版 2023年3月5日 第3版.
    """
    parts = _FOLIO_GAP.split(text)
    others = [part for part in parts if not _PAPER_NAME.fullmatch(part)]
    is_named = len(others) < len(parts)
    may_be = len(parts) > 1 and (is_named or _MONTH_IN_FOLIO.search(text) is not None)
    pages = [part for part in others if _PAGE_NUMBER.match(part)] if may_be else []
    if len(pages) > 1 or not (is_named or pages):
        return False
    dates = [part for part in others if is_date(part)]
    unknown = [p for p in others if p not in (*pages, *dates) and not is_section(p)]
    is_written = any(not page.isdecimal() for page in pages)
    if is_written and dates:
        names = [part for part in unknown if not is_desk_credit(part)]
        return len(names) < 2 and all(map(_FOLIO_NAME.fullmatch, names))
    return is_named and not unknown and (is_written or (len(parts) > 2 and bool(pages or dates)))


def _is_signed_date(text: str) -> bool:
    """True if the line says on what day a page was posted, and by whom or on what page."""
    signed = SIGNED_DATE.match(text)
    if signed is None:
        return False
    words = signed["who"].split()
    while words and (_PAGE_NUMBER.match(words[0]) or _NEWSPAPER.fullmatch(words[0])):
        words.pop(0)
    return is_credit(signed["who"]) or not words or is_credit(" ".join(words))


def is_section(text: str) -> bool:
    """True if the line names a section of the newspaper: 要闻, 上海新闻, 副刊."""
    return len(text) <= 12 and bool(_SECTION_LINE.match(text))


def is_item(text: str) -> bool:
    """True if the line starts like a list item: 1. ① （1） •."""
    return bool(_ITEM.match(text))


def is_credit(text: str) -> bool:
    """True if the line credits a writer, editor, photographer or source: 撰文 / 屠瑜 陈佳华."""
    if len(text) > 80 or re.search(r"[。！？；]", text):
        return False
    if text[:1] in "（(" and are_names(text.strip("（）()")):
        return _END_OF_TEXT.match(text) is None
    if (match := _BOXED.match(text)) and are_names(match["who"]):
        return True
    if _BARE_ROLE.match(text) or _NEWS_PHOTO.match(text) or _is_each_with_work(text):
        return True
    if match := _PICTURES_FROM.match(text):
        return match["who"] is None or are_names(match["who"])
    if match := _WITH_MARK.match(text):
        return _is_who(match["who"], strict=bool(re.match(rf"{_ORNAMENT}{_PHOTO_ROLE}[:：]", text)))
    for pattern in (_WITH_BLANK, _GLUED):
        if (match := pattern.match(text)) and _is_who(match["who"], strict=True):
            return True
    if match := _TRAILING.match(text):
        who = re.sub(rf"^{_ORNAMENT}{REPORTER}\s*", "", match["who"])
        return not who or are_names(who) or _is_giver(text, who)
    return False


def are_authors(text: str) -> bool:
    """True if a line consists of names, perhaps behind an ornament, which a pen name needs."""
    mark = _MARK_OF_AUTHOR.match(text)
    bare = text[mark.end() :] if mark else text
    return are_names(bare) or (mark is not None and _PEN_NAMES.fullmatch(bare) is not None)


def _is_each_with_work(text: str) -> bool:
    """True if the line names two or more people, each with a role: 张三 文 李四 图."""
    position, people = 0, 0
    while match := _EACH_WITH_WORK.match(text, position):
        if not is_name(match["who"]):
            return False
        position, people = match.end(), people + 1
    return people > 1 and position == len(text)


def _is_giver(text: str, who: str) -> bool:
    """True if an institution supplied the picture: 金山区供图."""
    return (
        bool(re.search(r"供图[)）]?$", text))
        and not re.search(r"[\s，,、：:]", who)
        and len(who) <= 16
    )


def _is_who(who: str, *, strict: bool) -> bool:
    """True if the words after a role are people or, unless strict, an institution."""
    who = re.sub(rf"(?:^|\s+){_ROLE}(?=[\s/／:：]|$)", " ", who)
    who = _EXCEPT.sub("", who)
    if are_names(who):  # 孙文 is no 孙 who wrote the text
        return True
    who = re.sub(rf"[\s/／:：（(]*{_DONE}[)）]?$", "", who).strip(" \u3000/／:：")
    if not who or are_names(who):
        return True
    tokens = re.split(r"[\s、，,/／:：|]+", who)
    if strict:
        # a place, a desk or a rank may appear among the names
        return is_name(tokens[0]) and all(len(token) <= 6 for token in tokens)
    return len(who) <= 30 and all(len(token) <= 16 for token in tokens) and "，" not in who


def is_bare_role(text: str) -> bool:
    """True if the line is a role whose names are on the next line: 本报记者."""
    return bool(_BARE_ROLE.match(text))


def is_photo_credit(text: str) -> bool:
    """True if a credit belongs to a picture: 金山区供图, 新华社记者 张三 摄."""
    return is_credit(text) and bool(_IS_PHOTO.search(text)) and not _IS_WRITING.search(text)


def is_desk_credit(text: str) -> bool:
    """True if a credit belongs to the page, not to a story: 责任编辑, 版式, 校对."""
    return is_credit(text) and bool(re.match(rf"{_ORNAMENT}[（(【]?{_DESK}", text))


def is_source(text: str) -> bool:
    """True if a credit says where a text, the figures of a table or a picture are from."""
    kinds = "数据|资料|图片|图表|照片|影像|信息|稿件|文章|新闻|消息"
    return bool(re.match(rf"{_ORNAMENT}[（(]?(?:{kinds})?来源", text))


def is_caption(text: str) -> bool:
    """True if the line describes a picture: 图为…, … 金燕玲摄."""
    if _CAPTION_START.match(text) and not says_what_is_shown(text):
        return True
    text = _TAKEN_ON.sub("", text)
    for mark in _BEFORE_PHOTO_CREDIT.finditer(text):
        tail = text[mark.end() :].rstrip("）)】] 。")
        if len(tail) <= _LONGEST_TAIL and _PICTURE_SOURCE.fullmatch(tail):
            return has_word(text[: mark.start()])
        match = _PHOTO_END.match(text, mark.end())
        if match and has_word(text[: mark.start()]) and _took_photo(text, match):
            return True
    return False


def says_what_is_shown(text: str) -> bool:
    """True if the line is a sentence about an archive picture: 资料图片显示，当年只有6个仓房。"""
    return bool(_SHOWN.match(text))


def _took_photo(text: str, match: re.Match[str]) -> bool:
    who = match["who"].strip()
    is_given = bool(re.search(r"供图[)）]?$", text))
    is_reporter = bool(re.match(REPORTER, match["credit"]))
    # behind a whole sentence, two or three characters are a name, also a pen name
    is_alone = text[: match.start("credit")].endswith(("。", "！", "？")) and match["who"] == who
    is_pen_name = is_alone and _PEN_NAME.fullmatch(who) is not None
    return is_given or are_names(who) or is_reporter or is_pen_name


def is_dateline(text: str) -> bool:
    """True if a paragraph opens a news story: 本报讯, 新华社北京3月5日电."""
    return bool(_DATELINE.match(text[:60]))


def is_jump_back(text: str) -> bool:
    """True if a jump line names the page on which its story began: 上接第1版."""
    return bool(re.search("上接|紧接", text))


def jump_at_end(text: str) -> int:
    """Return where a jump at the end of a paragraph starts, or the length of the text."""
    match = _JUMP_END.search(text, max(0, len(text) - 40))
    return match.start() if match else len(text)


def jump_at_start(text: str) -> int:
    """Return where a jump at the start of a paragraph ends, or 0."""
    match = _JUMP_START.match(text[:40])
    return match.end() if match else 0
