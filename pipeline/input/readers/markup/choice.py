"""Which blocks of a web page are its story, and which are menus, links and buttons beside it."""

import re
from collections.abc import Sequence
from itertools import groupby, takewhile

from lxml import html

from models.patterns import lazy
from pipeline.input.readers.markup.captions import is_caption, is_of_picture
from pipeline.input.readers.markup.headlines import (
    SHORT,
    STOP,
    has_line_above,
    is_caption_beside,
    near,
    title_place,
    upwards,
)
from pipeline.input.readers.markup.numbers import is_numbered
from pipeline.input.readers.markup.page_block import PageBlock
from pipeline.language.chinese import HAN

_SIGNS = lazy(r"[\W_]+")
_AHEAD = 5000
"""Characters of the chosen text in which the next block is looked for."""
_LEAST_BEHIND = 8
_LINKED = 0.6
_LONGEST_ENTRY, _FEWEST_ENTRIES, _FEWEST_LINKS_BELOW = 8, 3, 5
_SIGNED = lazy(
    r"[编編][辑輯]|责[编任]|責編|[记記]者|作者|[来來]源|通[讯訊]|校[对對]|[审審]核|[摄攝文图圖][/／:：]|附件"
)
_LONGEST_RIGHTS = 120
_BUTTONS = lazy(
    r"(?:分享|收藏|打印|关闭|關閉|字[号號体體]|大\s*中\s*小|[上下]一[篇页頁条條版](?:文章|新闻|新聞)?|(?:全文)?复制|[放缩縮][大小]|(?:返回|返|回)(?:首[页頁]|顶部|頂部|頂端|最上面|列表|上一?[页頁])|扫一扫|掃一掃|点赞|點讚"
    r"|(?:发表|發表|我要|查看|网友)?(?:评论|評論|留言)|阅读(?:原文|全文|次数|量)|閱讀原文|查看(?:原文|更多)|更多"
    r"|相关(?:阅读|新闻|链接|推荐)|推荐阅读|热门|熱門|(?:当前|您的|所在|现在的)位置|设为首页|加入收藏|登录|登錄|注册|註冊"
    r"|友情(?:链接|鏈接|連結)|写留言|寫留言|预览时标签不可点|微信扫一扫|分享让更多人看到|(?:打开|下载)\s*(?:APP|客户端))"
    r"(?:[到至]?\s*[:：].{0,40}|\W*\w{0,4}(?:\W+\w{1,2})?\W*)$"
    r"|(?:打开|下载)\s*(?:APP|客户端)，?(?:查看|阅读|体验)[^。，]{2,12}$|喜欢作者$"
    r"|(?:(?:您好|欢迎[^，。！]{0,20})[，！,!\s]*)?今[天日]是\s*[:：]?\s*\d{4}\s*年[^，。！？]{0,30}$"
    r"|\W*您是[^，。]{0,8}第\s*[\d,]+\s*位[^，。]{0,8}$|微信扫一扫\w{2,10}$"
    r"|(?:网站)?(?:首页|主页)\s*(?:[>＞»›→]+\s*[^\s>＞»›→。]{1,12}\s*){1,5}$"
    r"|[（(]\d{1,2}/\d{1,2}[）)]\s*(?:[上下]一页\s*){1,2}$"
    r"|(?:共\s*\d{1,3}\s*[页頁]\W*+)?+(?:(?:[首尾末][页頁]|[上前下后後]一?[页頁]|[【\[]?+\d{1,3}+(?!\d)[】\]]?+)"
    r"[\s|,.…]*+){2,}+$"
)
_TASK = lazy(
    r"(?:打印|关闭|關閉|收藏|复制|登录|登錄|注册|註冊|分享|评论|評論|留言|热门|熱門|更多)"
    r"(?![本此该给]|窗口|[页頁]|[网網][页頁站]|文章|全文|新闻|新聞|内容|链接|会员|[到至]|精彩|资讯|推荐)"
    rf"[{HAN}]{{2,4}}[；，、]?$"
)
"""Words that begin as those of a button and go on: 打印准考证, 登录方式; 打印本页 is a button."""
_BOX = lazy(r"\W*(?:相关|相關|新闻|新聞|延伸)(?:链接|鏈接|連結|新闻|新聞|阅读|閱讀)\W*$")
_BRACKETED = lazy(
    r"(?:[【\[［]\s*(?:编辑|发表评论|編輯|编辑源代码|編輯原始碼|打印|列印|关闭|關閉|返回|收藏|分享|推荐|评论|纠错"
    r"|字?[号體体]?[:：]?\s*[大中小 ]{1,5}"
    r"|\S{1,4}本[页頁文]|\S{0,2}窗口)\s*[】\]］]\s*)+$"
)
_RIGHTS = lazy(
    r"[^。！？]{0,30}(?:版权所有|版權所有|Copyright|©|ICP备|ICP證|公网安备|备案号|備案號|许可证\s*[:：]?\s*(?:编号[:：]?\s*)?\w?B2-\d{4})[^。！？]*$",
    re.IGNORECASE,
)
_MENU = lazy(r"[^|｜。！？]{1,8}(?:[|｜][^|｜。！？]{1,8})+[|｜]?$")
_ABOUT_SITE = lazy(
    r"(?:关于|聯絡|联系|關於|聯繫)(?:我们|我們|本[站网報报])|联系方式|(?:网站|網站)(?:地图|地圖|声明|导航)|(?:法律|免责)声明|广告(?:服务|刊例)"
)
_OFFICE = lazy(r"(?:[^。！？\s]{0,12}[报報]社\s*(?:地址|社址)|社址)\s*[:：][^。！？]{0,80}$")
_MOST_AT_FOOT = 12
_LINKS = lazy(r"[^\s。！？，]{1,6}(?:\s+[^\s。！？，]{1,6}){1,9}")
_RELATED = lazy(
    r"\W*(?:(?:相关|相關|推荐|推薦|延伸|更多|热门|熱門|往期|精彩|关联|其他|其它|最新|热点|熱點|图片|圖片|图文|视频|近期|本站)的?"
    r"(?:新闻|新聞|阅读|閱讀|链接|鏈接|連結|推荐|推薦|报道|報道|報導|文章|专题|專題|内容|資訊|资讯|稿件|回顾|回顧|精彩)"
    r"|(?:(?:热点|熱點|热门|熱門|点击|點擊|阅读|閱讀|新闻|新聞|图片|本周|一周|今日|24小时)*(?:排行|排名)榜?)"
    r"|[本今](?:日|期|版)(?:要目|要闻|要聞|导读|導讀|看点|頭條|头条)|猜你喜欢|您?可能(?:还)?(?:感兴趣|喜欢)的?(?:文章|内容|新闻)?|大家都在看|相关|热点|(?:本版)?(?:标题|標題|版面)(?:导航|導航|目录|目錄)|为您推荐|为你推荐|编辑推荐|今日推荐)\W*$"
)
_NOTE = lazy(r"\[\^([^\]]+)\]:")
_AT_FOOT = lazy(r"(?:^|[\s_-])(?:foot(?:er)?|copyright)(?:$|[\s_-])", re.IGNORECASE)
_DATE_LETTERS = 3
"""Of a date such as 11月28日."""
_BESIDE = lazy(
    r"(?:^|[\s_-])(?:comments?|pinglun|repl(?:y|ies)|related|recommend\w*|side(?:bar)?|foot(?:er)?"
    r"|copyright|share\w*|breadcrumbs?|crumbs?|nav\w*|menu|toolbar|advert\w*|ads?|hot|rank|login)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)


def story_blocks(blocks: Sequence[PageBlock], chosen: str, title: str) -> list[PageBlock]:
    """Return the blocks of the story of a page; `chosen` is the text that was taken for it.

    Blocks between those in the chosen text belong to the story, and so do blocks in the same
    elements, unless they are links or buttons. Where the chosen text has less than half of the
    sentences of the page, all blocks are taken that are not beside the story.
    """
    picked = _in_text(blocks, chosen)
    own = [block for block, is_picked in zip(blocks, picked, strict=True) if is_picked]
    beside = _Beside(own)
    links = list(map(any, zip(_related(blocks), _menus(blocks), _foot(blocks), strict=True)))
    rest = [
        is_link
        or (is_button(block) and not _is_subhead(blocks, number))
        or (not picked[number] and beside.is_beside(block))
        for number, (block, is_link) in enumerate(zip(blocks, links, strict=True))
    ]
    candidates = [block for block, is_out in zip(blocks, rest, strict=True) if not is_out]
    if 2 * _sentences(own) >= max(_sentences(candidates), 1):
        numbers = [number for number, is_picked in enumerate(picked) if is_picked]
        start, end = numbers[0], numbers[-1]
        while end + 1 < len(blocks) and not rest[end + 1] and is_caption(blocks[end + 1].markdown):
            end += 1
        end = _last_told(blocks, rest, end)
        end += sum(1 for _ in takewhile(_is_signature, blocks[end + 1 :]))
        parents = {block.parent for block in own}
        notes = _notes(blocks, own)
        head = title_place(blocks, title)
        if head is not None:
            start = min(start, head - has_line_above(blocks, head))
        elif not rest[start - 1] and has_line_above(blocks, start):
            start -= 1
        if start and is_caption_beside(blocks[start - 1], blocks[start]) and not rest[start - 1]:
            start -= 1
        candidates = [
            block
            for number, block in enumerate(blocks)
            if number in notes
            or (
                not rest[number]
                and (
                    start <= number <= end or block.parent in parents or is_of_picture(block.plain)
                )
            )
        ]
    return _without_tail(candidates) or list(blocks)


def _notes(blocks: Sequence[PageBlock], own: Sequence[PageBlock]) -> set[int]:
    """Return the places of the notes that a story names by their marks, and of their heading."""
    notes = {
        number: mark[1]
        for number, block in enumerate(blocks)
        if block.markdown.startswith("[^") and (mark := _NOTE.match(block.markdown))
    }
    text = "".join(block.plain for block in own) if notes else ""
    named = {number for number, mark in notes.items() if f"[{mark}]" in text}
    headed = (number - 1 for number in named if number and blocks[number - 1].markdown[0] == "#")
    return named.union(headed)


def _last_told(blocks: Sequence[PageBlock], rest: Sequence[bool], end: int) -> int:
    """Return the last block with a sentence that goes on below the chosen text, around it."""
    for number in range(end + 1, len(blocks)):
        if rest[number] or near(blocks[end].parent).isdisjoint(near(blocks[number].parent)):
            break
        if STOP.search(blocks[number].plain):
            end = number
    return end


def _without_tail(blocks: list[PageBlock]) -> list[PageBlock]:
    """Return blocks without what is below the last sentence or signature: links, the foot."""
    end = len(blocks)
    while end and not STOP.search(blocks[end - 1].plain) and _is_at_foot(blocks[end - 1]):
        end -= 1
    blocks = blocks[:end]
    while end and _may_trail(blocks[end - 1]):
        end -= 1
    is_tail = sum(map(_is_link, blocks[end:])) >= _FEWEST_LINKS_BELOW
    return blocks[:end] if is_tail and _sentences(blocks[:end]) > 1 else blocks


def _is_at_foot(block: PageBlock) -> bool:
    names = (f"{e.get('class') or ''} {e.get('id') or ''}" for e in upwards(block.parent))
    return any(map(_AT_FOOT.search, names))


def _may_trail(block: PageBlock) -> bool:
    if _is_link(block) or block.markdown.startswith("#"):
        return True
    text = block.plain
    return len(text) <= SHORT and not STOP.search(text) and not _SIGNED.search(text)


def _is_signature(block: PageBlock) -> bool:
    """True if a line is who wrote or edited the story above it, such as 编辑：王华."""
    text = block.plain
    is_line = len(text) <= SHORT and not block.linked and "：" in text
    return is_line and _SIGNED.match(text) is not None


def _related(blocks: Sequence[PageBlock]) -> list[bool]:
    """Return for each block whether it lists related stories: their heading, and links alone."""
    flags = []
    is_related = False
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        is_related = is_related and _is_link(block)
        if not is_related and following is not None and _RELATED.match(block.plain):
            is_related = _is_link(following)
        flags.append(is_related)
    return flags


def _menus(blocks: Sequence[PageBlock]) -> list[bool]:
    """Return for each block whether it is in a menu: short links in a row, above or below it all.

    A page that is laid out with tables has its menu in a cell like any other.
    """
    told = [number for number, block in enumerate(blocks) if STOP.search(block.plain)]
    flags: list[bool] = []
    for is_short, run in groupby(blocks, lambda b: len(b.plain) <= _LONGEST_ENTRY and _is_link(b)):
        count = len(list(run))
        is_outside = not told or not told[0] < len(flags) < told[-1]
        flags += [is_short and is_outside and count >= _FEWEST_ENTRIES] * count
    return flags


def _foot(blocks: Sequence[PageBlock]) -> list[bool]:
    """Return for each block whether it is in the foot of a page: its rights, and what is beside.

    That is links, and lines in the same element if no sentence is in it.
    """
    told = {block.parent for block in blocks if STOP.search(block.plain)}
    named = {block.parent for block in blocks[-_MOST_AT_FOOT:] if _names_site(block)} - told
    start = len(blocks)
    while start and (_may_be_foot(blocks[start - 1]) or blocks[start - 1].parent in named):
        start -= 1
    has_rights = any(map(_names_site, blocks[start:]))
    return [has_rights and number >= start for number in range(len(blocks))]


def _names_site(block: PageBlock) -> bool:
    """True if a line tells the rights of a page, or leads to what its site says of itself."""
    text = block.plain
    is_menu = _ABOUT_SITE.search(text) is not None and _MENU.match(text) is not None
    return is_menu or any(pattern.match(text) for pattern in (_RIGHTS, _OFFICE))


def _may_be_foot(block: PageBlock) -> bool:
    text = block.plain
    if _is_link(block) or _RIGHTS.match(text) or _OFFICE.match(text):
        return True
    return _MENU.match(text) is not None and not _SIGNED.search(text)


def _is_link(block: PageBlock) -> bool:
    """True if a block is a link, with no more than a date or a number beside it."""
    if block.markdown.startswith("#") or not block.linked:
        return False
    letters = sum(character.isalpha() for character in block.plain)
    return block.linked >= letters - _DATE_LETTERS


def is_button(block: PageBlock) -> bool:
    """True if a block is a button, a line of links or that of the page's rights, by its words."""
    text = block.plain
    if len(text) > _LONGEST_RIGHTS or block.markdown.startswith(("#", "|", "!")):
        return False
    letters = len(_letters(text))
    if block.linked > _LINKED * letters and _MENU.match(text):
        return True
    if block.linked >= max(letters, 1) and _LINKS.fullmatch(text):
        return True
    if text[:1] in "【[［" and _BRACKETED.match(text):
        return True
    # 关闭门窗。 is a sentence, and 1. 关闭门窗 an item that the text counts
    is_text = not block.linked and (
        text.endswith("。")
        or is_numbered(block.markdown.removeprefix("- "))
        or (block.markdown.startswith("- ") and _TASK.match(text) is not None)
    )
    return (not is_text and _BUTTONS.match(text) is not None) or _RIGHTS.match(text) is not None


def _is_subhead(blocks: Sequence[PageBlock], number: int) -> bool:
    """True if a line between two paragraphs of sentences is a heading of theirs, not a button."""
    block, around = blocks[number], (*blocks[number - 1 : number], *blocks[number + 1 : number + 2])
    if block.linked or not (_TASK.match(block.plain) or _BOX.match(block.plain)):
        return False
    return len(around) > 1 and all(
        STOP.search(other.plain) and not other.linked and other.parent is block.parent
        for other in around
    )


def _in_text(blocks: Sequence[PageBlock], chosen: str) -> list[bool]:
    """Return for each block whether it is in the chosen text. Linear in both."""
    lines = {letters for line in chosen.split("\n") if (letters := _letters(line))}
    text = _letters(chosen)
    place = 0
    picked = []
    for block in blocks:
        letters = _letters(block.plain)
        at = text.find(letters, place, place + _AHEAD + len(letters)) if letters else -1
        if at >= 0:
            place = at + len(letters)
        elif len(letters) >= _LEAST_BEHIND:  # a line above a story may be chosen after it
            at = text.find(letters, 0, min(place, 2 * _AHEAD))
        picked.append(at >= 0 or letters in lines)
    return picked


def _letters(text: str) -> str:
    return _SIGNS.sub("", text)


def _sentences(blocks: Sequence[PageBlock]) -> int:
    return sum(len(STOP.findall(block.plain)) for block in blocks)


class _Beside:
    """Which blocks are beside a story, by their links and the names of elements.

    The name of an element around all of the chosen text says nothing: a page may be in a `nav`.
    """

    def __init__(self, chosen: Sequence[PageBlock]) -> None:
        around = (frozenset(upwards(parent)) for parent in {block.parent for block in chosen})
        shared = next(around, frozenset()).intersection(*around)
        self._known: dict[html.HtmlElement, bool] = dict.fromkeys(shared, False)

    def is_beside(self, block: PageBlock) -> bool:
        """True if a block is links, or in an element that is named for what is beside a story."""
        text = block.plain
        length = len("".join(text.split()))
        if block.linked > _LINKED * length and not STOP.search(text):
            return True
        return self._is_named(block.parent)

    def _is_named(self, element: html.HtmlElement) -> bool:
        unknown = []
        answer = False
        for above in upwards(element):
            if above in self._known:
                answer = self._known[above]
                break
            unknown.append(above)
            if _BESIDE.search(f"{above.get('class') or ''} {above.get('id') or ''}"):
                answer = True
                break
        self._known |= dict.fromkeys(unknown, answer)
        return answer
