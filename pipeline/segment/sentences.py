"""Sentences of running Chinese: where they end, and where a long one may be cut.

The rules follow GB/T 15834-2011 (general rules for punctuation) and accept the ASCII marks that
newspaper systems and OCR write instead. A semicolon does not end a sentence. Every decision looks
only at the sentence and at the text up to the next stop, so a sentence segmented again stays one.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from models.patterns import lazy
from pipeline.language.chinese import CLOSERS, PAIRS, STOPS, is_han, with_ordinary_marks
from pipeline.records import Span

_BREAKS = lazy(rf"[{STOPS}.．”」』]")
_RUN = lazy(rf"[{STOPS}.．…]*")
_NOTE = lazy(r"\[\d{1,3}\]|［\d{1,3}］")
_SIGN = lazy("[①-⑳]")
_ADDRESS = lazy(
    r"(?:https?://|ftp://|www\.)[!-~]+|[A-Za-z0-9_%+-][A-Za-z0-9._%+-]{0,80}@[A-Za-z0-9.-]+"
    r"|(?<![A-Za-z0-9])(?:[A-Za-z0-9-]{1,63}\.){1,6}(?:com|cn|net|org|gov|edu|info|top|vip|xyz)(?![a-z])"
)
_ABBREVIATION = lazy(
    r"(?:^|[^A-Za-z])(?:[A-Z]|[ap]\.?m|[ie]\.?[eg]|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Co|Ltd|Inc|Corp|Bros|No|Nos|Vol|vs|etc|al"
    r"|Fig|Ph\.?D|Gen|Gov|Sen|Rep|Lt|Col|Capt|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)$"
)
_LIST_MARKER = lazy(
    r"^\s*(?:[（(]?[一二三四五六七八九十百]{1,4}[）)]?|第[一二三四五六七八九十百]{1,4}"
    r"|[甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥])$"
)
_LATIN_MARKER = lazy(r"^\s*[（(]?(?:([A-Za-zα-ω])\1?|[ivxlc]{1,5}|[IVXLC]{1,5})$")
_SECTION_NUMBER = lazy(r"\s*\d{1,3}(?:\.\d{1,3})+")
_SAYING = lazy(
    "(?<!的)(?:(?<![小传学])说|(?<![报街大隧轨管频渠铁航赛通味知])道|(?<![访学慰疑顾])问"
    "|(?<![名职简])称|[答喊叫笑叹写]|表示|介绍|认为|指出|强调|告诉|坦言|感慨|感叹|解释|回忆|透露|提到|提醒|呼吁)"
    # the verb closes its clause (他说。张三告诉记者，), or opens the sentence (说起往事，)
    "(?:[着了过]|(?:给|向)?(?:记者|大家|我们?|他们?|她们?|笔者))?(?=[，：:,。！？!?；]|$)"
    "|^(?:说|谈|提|回忆|讲)[及到起]"
)
_HANGS_ON = lazy(
    rf"\s*(?:[，、；：,;:{STOPS}…—~～]|的(?!士)|地(?![铁方区点震处产下面])|得(?![知到益出主])|之(?![后前])"
    r"|等(?![到待候])|是(?![日夜])|即(?![日将使便])|成[为了]|[这那](?=[样句种一些个番首]))"
)
_TITLE_MARKS = frozenset("《〈【〔")
_QUOTES = '“「『"'
_OPENER = {closer: opener for opener, closer in PAIRS.items()}
_MARKS = lazy(rf"[{re.escape(''.join((*PAIRS, *_OPENER)))}\"]")
_BLANK_REST = lazy(r"\s*\Z")
_BRACKETS = frozenset("（([［")
_ATTRIBUTION_CHARS = 40
_LONG_AS_A_SENTENCE = 28
"""A quotation of this many characters with a comma is a sentence, not a slogan or a name."""
_LONGEST_QUOTATION = 2000
"""Most characters of a quotation without a stop that may still be a sentence."""
_GOES_ON = lazy("[在于将已也由让使被入获为就都则不]")

_WORD = lazy(r"[^\W_]")

_CUT = lazy(
    rf"(?P<stop>[{STOPS}]+[{re.escape(CLOSERS)}]*)"
    r"|(?P<semicolon>[；;…]+[”’」』]*)"
    r"|(?P<comma>[，：][”’」』]*|[,:](?!\d)[”’」』]*|——)"
    r"|(?P<pause>、|[”’」』）)]|\s+)"
)
_CUT_COST = {"stop": 0.0, "semicolon": 0.12, "comma": 0.25, "pause": 0.6}
_ANYWHERE_COST = 1.6


def sentence_spans(text: str) -> list[Span]:
    """Return the sentences of a paragraph; between two spans there is only white space.

    Every other character is in exactly one span. Closing quotes and brackets belong to the
    sentence they close. A stop inside 《》, brackets or a quotation does not end a sentence, unless
    the quotation closes right after it and a new sentence starts. Linear in the text.

    >>> text = "他说：“你好吗？”我很好！"
    >>> [text[span.start : span.end] for span in sentence_spans(text)]
    ['他说：“你好吗？”', '我很好！']
    >>> text = "志修于十年。①凡二十卷。②"
    >>> [text[span.start : span.end] for span in sentence_spans(text)]
    ['志修于十年。①', '凡二十卷。②']
    """
    spans: list[Span] = []
    start = 0
    text = with_ordinary_marks(text)
    for end in (*_boundaries(text), len(text)):
        piece = text[start:end]
        right = start + len(piece.rstrip())
        left = end - len(piece.lstrip())
        if left < right:
            if spans and not _WORD.search(piece):
                # punctuation alone is not a sentence: it stays with the one before it
                spans[-1] = Span(spans[-1].start, right)
            else:
                spans.append(Span(left, right))
        start = end
    return spans


def _boundaries(text: str) -> Iterator[int]:
    """Yield the offsets at which a new sentence starts."""
    pairs = _Stretches(_outermost(_matched(text)))
    # the search for addresses is as slow as the rest, and most paragraphs cannot hold one
    might_hold = "." in text or "@" in text or "://" in text
    found = _ADDRESS.finditer(text) if might_hold else ()
    addresses = _Stretches([(m.start(), m.end() - 1) for m in found])
    start = position = 0
    has_word = False
    while match := _BREAKS.search(text, position):
        stop = match.start()
        has_word = has_word or _WORD.search(text, position, stop) is not None
        position = match.end()
        if might_hold and addresses.around(stop):
            continue
        if pair := pairs.around(stop):
            has_word = has_word or _WORD.search(text, position, pair[1]) is not None
            position = pair[1] + 1
            is_end = _quotation_ends(text, start, *pair)
        elif text[stop] in "”」』":
            opener = pairs.opener(stop)
            is_end = opener >= start and _unstopped_ends(text, start, opener, stop)
        else:
            is_end = _is_final(text, start, stop)
        if is_end:
            position = _end(text, position, pairs)
            if has_word:
                yield position
                start, has_word = position, False


class _Stretches:
    """Sorted stretches of a text that do not overlap, each from first to last character."""

    def __init__(self, stretches: list[tuple[int, int]]) -> None:
        self._stretches = stretches
        self._starts = [start for start, _ in stretches]

    def around(self, offset: int) -> tuple[int, int] | None:
        """Return the stretch around an offset; None without one."""
        if self._starts:
            index = bisect_left(self._starts, offset) - 1
            if index >= 0 and offset < self._stretches[index][1]:
                return self._stretches[index]
        return None

    def opener(self, offset: int) -> int:
        """Return where the stretch that ends at the offset starts; -1 without one."""
        index = bisect_left(self._starts, offset) - 1
        is_closed = index >= 0 and self._stretches[index][1] == offset
        return self._starts[index] if is_closed else -1

    def opens(self, offset: int) -> bool:
        """True if a stretch starts at the offset."""
        index = bisect_left(self._starts, offset)
        return index < len(self._starts) and self._starts[index] == offset


def _matched(text: str) -> list[tuple[int, int]]:
    """Return matching pairs of opening and closing marks; unmatched marks are left out."""
    waiting: list[tuple[str, int]] = []
    depth: defaultdict[str, int] = defaultdict(int)
    matched: list[tuple[int, int]] = []
    straight: int | None = None
    for match in _MARKS.finditer(text):
        mark, offset = match.group(), match.start()
        if mark == '"':
            if straight is None:
                straight = offset
            else:
                matched.append((straight, offset))
                straight = None
        elif mark in PAIRS:
            waiting.append((mark, offset))
            depth[mark] += 1
        elif depth[_OPENER[mark]]:
            while waiting:
                opener, start = waiting.pop()
                depth[opener] -= 1
                if opener == _OPENER[mark]:
                    matched.append((start, offset))
                    break
    return sorted(matched)


def _outermost(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    outer: list[tuple[int, int]] = []
    for start, end in pairs:
        if not outer or start > outer[-1][1]:
            outer.append((start, end))
        elif end > outer[-1][1]:
            # straight quotes that cross other marks become one stretch, which is never cut
            outer[-1] = (outer[-1][0], end)
    return outer


def _quotation_ends(text: str, start: int, opener: int, closer: int) -> bool:
    """True if the sentence begun at `start` ends with a quotation or bracket."""
    stop = _stop_before(text, closer)
    if not stop:
        return False
    after = closer + 1
    if _BLANK_REST.match(text, after):
        return True
    if text[opener] in _TITLE_MARKS or _HANGS_ON.match(text, after):
        return False
    lead = _lead(text, start, opener)
    if text[opener] in _BRACKETS:
        return not lead
    if lead:
        # a full stop inside the quotes marks a whole sentence (GB/T 15834, 4.8.3)
        return lead in "：:，," or stop in "。.．"
    return text[after] in _QUOTES or not _is_attributed(text, after)


def _is_attributed(text: str, after: int) -> bool:
    """True if the text after a quotation, up to the next stop, names the speaker."""
    clause = text[after : after + _ATTRIBUTION_CHARS]
    end = _BREAKS.search(clause)
    return _SAYING.search(clause[: end.start() + 1] if end else clause) is not None


def _unstopped_ends(text: str, start: int, opener: int, closer: int) -> bool:
    """True if a quotation without a stop is a sentence.

    It must be the whole sentence so far, be long enough, contain a comma, and the text after it
    must not depend on it.
    """
    if closer - opener > _LONGEST_QUOTATION or text[opener] not in _QUOTES:
        return False
    quotation = text[opener:closer]
    if len(quotation) < _LONG_AS_A_SENTENCE or "，" not in quotation or _lead(text, start, opener):
        return False
    if any(stop in quotation for stop in STOPS):
        return False
    after = closer + 1
    if _BLANK_REST.match(text, after) or _HANGS_ON.match(text, after):
        return False
    return not _GOES_ON.match(text, after) and not _is_attributed(text, after)


def _stop_before(text: str, closer: int) -> str:
    """Return the stop just before a closing mark or several closing marks, or ``""``."""
    before = text[max(0, closer - 8) : closer].rstrip(CLOSERS + " \u3000")
    if before and (before[-1] in STOPS or (before[-1] in ".．" and before[-2:-1].isalpha())):
        return before[-1]
    return ""


def _lead(text: str, start: int, opener: int) -> str:
    """Return the last character of a sentence before its quotation, or ``""``."""
    for offset in range(opener - 1, start - 1, -1):
        if not text[offset].isspace():
            return text[offset]
    return ""


def _is_final(text: str, start: int, stop: int) -> bool:
    """True if a stop outside quotations ends a sentence."""
    mark = text[stop]
    before, after = text[stop - 1 : stop], text[stop + 1 : stop + 2]
    if mark in "！？。｡":
        return True
    if mark in "!?":
        return not (_is_latin(before) and _is_latin(after))
    if mark == "．" and before.isdigit():
        return False
    if ".." in text[stop - 1 : stop + 2] or (after in tuple("0123456789") and before.isdigit()):
        return False
    return _full_stop_ends(text, start, stop, before, after)


def _full_stop_ends(text: str, start: int, stop: int, before: str, after: str) -> bool:
    """True if an ASCII full stop that is not a decimal point ends a sentence."""
    word = text[max(start, stop - 12) : stop]
    if not before or before.isspace():
        return False
    if stop - start <= 6 and _LATIN_MARKER.match(text[start:stop]):
        return False
    if is_han(before) or before in "”’」』）》】":
        if stop - start <= 6 and _LIST_MARKER.match(text[start:stop]):
            return False
        return not re.match(r"[a-z]{2}", text[stop + 1 : stop + 3])
    if _SECTION_NUMBER.fullmatch(text, start, stop):
        return False
    if before.isdigit() and not (after.isspace() and stop - start > 4):
        return not text[stop + 1 : stop + 8].strip() and stop - start > 4
    if _ABBREVIATION.search(word):
        return False
    rest = text[stop + 1 : stop + 8]
    following = rest.lstrip()[:1]
    if not following:
        return True
    if is_han(after) or after in tuple("“「『《（\"'”’）)」』"):
        return True
    return rest[:1].isspace() and (
        following.isupper() or is_han(following) or following in '“「『《（"'
    )


def _is_latin(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in tuple("=&/_%-"))


def _end(text: str, position: int, pairs: _Stretches) -> int:
    """Return the position after the stops, closing marks and note numbers of a sentence."""
    while position < len(text):
        run = _RUN.match(text, position)
        moved = run.end() if run else position
        note = _NOTE.match(text, moved)
        if note:
            moved = note.end()
        elif _SIGN.match(text, moved) and _SIGN.match(text.rstrip()[-1]):
            moved += 1  # a note, as the last of the text is; 要求有二。①登记。 goes on with ①
        while moved < len(text) and text[moved] in CLOSERS and not pairs.opens(moved):
            moved += 1
        if moved == position:
            break
        position = moved
    return position


def cuts(text: str, max_chars: int) -> tuple[int, ...]:
    """Return offsets that cut a text into parts of at most `max_chars`, similar in length.

    A part ends preferably at a stop (inside a long quotation), then at ；, then at ，： or a dash,
    then at 、, a closing quote or white space, and only then anywhere else, if possible not inside
    a number or a Latin word. The result is empty if the text fits.
    """
    offsets: list[int] = []
    start = 0
    text = with_ordinary_marks(text)
    while len(text) - start > max_chars:
        remaining = len(text) - start
        ideal = remaining / -(-remaining // max_chars)
        start = _best_cut(text, start, ideal, max_chars)
        offsets.append(start)
    return tuple(offsets)


def _best_cut(text: str, start: int, ideal: float, max_chars: int) -> int:
    limit = start + max_chars
    best, best_cost = 0, float("inf")
    first = start + max(1, int(ideal * 0.4))
    for match in _CUT.finditer(text, first - 1, limit):
        cost = _CUT_COST[str(match.lastgroup)] + abs(match.end() - start - ideal) / ideal
        if cost < best_cost and first <= match.end() < len(text):
            best, best_cost = match.end(), cost
    if best_cost <= _ANYWHERE_COST:
        return best
    anywhere = start + max(1, min(max_chars, round(ideal)))
    for offset in range(anywhere, max(start, anywhere - 24), -1):
        if not (_is_word(text[offset - 1]) and _is_word(text[offset])):
            return offset
    return anywhere


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in ".%@/-")
