"""English for credit lines: who reported, wrote, edited, took or gave the picture, by rule.

A line is cut into words, each a role, a name, an agency or a giver, and these are read in
their order. Roles stand before names (撰文 / 屠瑜) or, of work done, after them (张三 文 李四 图):
a line that ends with a role reads that way. What holds one word more than is known here has
no English: half a credit would be a wrong one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.patterns import lazy
from pipeline.data_file import data_tables
from pipeline.language.chinese import HAN
from pipeline.language.pinyin import pinyin_name
from pipeline.language.surnames import is_name, unspread
from pipeline.translate.rules.offices import office

_TABLES = data_tables(__file__, "credits.tsv")
_OUTLETS, _RANKS, _PEOPLE = _TABLES["outlets"], _TABLES["ranks"], _TABLES["people"]
_DESKS, _EDITORS, _WORK = _TABLES["desks"], _TABLES["editors"], _TABLES["work"]
_DONE, _AGENCIES = _TABLES["done"], _TABLES["agencies"]

_ORNAMENT = lazy(r"^[□■◆◇●◎○▲△☆★※►▶◀◢◣·•—\-\s]+")
_TEXT_AND_PHOTOS = lazy(r"文并摄|文并图|文\s*[/、]\s*图|图\s*[/、]\s*文|文图|图文")
_BETWEEN = lazy(r"[\s:/、,，;；()【】]+")
_OF_PICTURES = lazy(
    r"^(?:文中|部分|本版|本组)?(?:图片|照片|图)?(?:均|皆|都)?由|^(?:文中|部分|本版|本组)(?:图片|照片)均?"
)


def _longest_first(words: Sequence[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_PERSON = lazy(
    rf"(?P<outlet>{_longest_first([*_OUTLETS])})?(?P<ranks>(?:{_longest_first([*_RANKS])})*)"
    rf"(?P<post>驻[{HAN}]{{1,6}}?)?(?P<more>(?:{_longest_first([*_RANKS])})*)"
    rf"(?P<noun>{_longest_first([*_PEOPLE])})"
)
_EDITOR = lazy(
    rf"(?P<desk>(?:{_longest_first([*_DESKS])}){{0,2}})(?P<noun>{_longest_first([*_EDITORS])})"
)
_LONG_WORK = lazy(_longest_first([word for word in _WORK if len(word) > 1]))
_AT_END = lazy(rf"(?P<who>.+?)(?P<role>{_longest_first([w for w in _WORK if len(w) < 5])})$")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a credit. `kind`: person (记者), editor, work (文), name, giver, agency."""

    kind: str
    english: str
    after: str = ""
    """What follows the names of a person's role: `in Beijing`."""


@dataclass(slots=True)
class _Group:
    """Roles and whose they are."""

    roles: list[_Word] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    agency: str = ""
    done: str = ""
    """Work that stands after the names."""
    after: str = ""
    """Where they report from."""


def english_credit(line: str) -> str | None:
    """Return the English of a credit line, or None where a word of it is not known.

    >>> english_credit("本报记者 张三 通讯员 李四 文/图")
    'Text and photos by staff reporter Zhang San, correspondent Li Si'
    >>> english_credit("责编/张三 版式/李四"), english_credit("受访者供图")
    ('Editor in charge: Zhang San; Layout: Li Si', 'Photo courtesy of the interviewee')
    """
    words = _words(line)
    if not words:
        return None
    groups = _groups(words)
    english = [_done_by_all(groups)] if _is_done_by_all(groups) else [*map(_written, groups)]
    return "; ".join(each[:1].upper() + each[1:] for each in english) or None


def caption_credit(line: str) -> str | None:
    """Return the English of a credit inside a caption, where a name alone is none.

    >>> caption_credit("图/视觉中国"), caption_credit("丰收"), caption_credit("农民在晒谷。")
    ('Photo: Visual China Group', None, None)
    """
    words = _words(line)
    if not words or all(word.kind in ("name", "giver") for word in words):
        return None
    return english_credit(line)


def _words(line: str) -> list[_Word] | None:
    """Cut a line into words; None where one is not known."""
    text = line.replace("／", "/").replace("：", ":").replace("（", "(").replace("）", ")")
    text = re.sub(r"[|｜丨\u3000]", " ", text)
    text = re.sub(r"IC\s[Pp]hoto", "ICPhoto", _ORNAMENT.sub("", text))
    text = _TEXT_AND_PHOTOS.sub(" 图文 ", text)
    text = unspread(_OF_PICTURES.sub("图片 ", " ".join(text.split()).strip("() ")))
    text = re.sub(r"^(?:均为|本报)(?=资料|综合)", "", text)
    words: list[_Word] = []
    for chunk in _BETWEEN.split(_latin_names_whole(text)):
        if chunk:
            found = _known(chunk.replace("_", " "))
            if found is None:
                return None
            words += found
    return words


def _latin_names_whole(text: str) -> str:
    """Put a mark for the blanks inside a Latin name, so that it stays one word."""
    return re.sub(r"(?<=[A-Za-z.]) (?=[A-Z])", "_", text)


def _known(chunk: str) -> list[_Word] | None:
    """Return what a word without blanks consists of: a role, a name, both, or a giver."""
    if word := _role(chunk) or _giver(chunk):
        return [word]
    if is_name(chunk) and not (chunk[-1] in "摄绘" and is_name(chunk[:-1])):
        return [_name(chunk)]
    if (found := _AT_END.fullmatch(chunk)) and (who := _known(found["who"])):
        # 金燕玲摄, 本报记者张三摄, 金山区供图
        return [*who, _work(found["role"])]
    for pattern in (_PERSON, _EDITOR, _LONG_WORK):
        # 本报记者张三, 摄影李四
        if (found := pattern.match(chunk)) and (role := _role(found.group())):
            rest = chunk[found.end() :]
            if is_name(rest) or _is_pen_name(rest):
                return [role, _name(rest)]
    return [_name(chunk)] if _is_pen_name(chunk) else None


def _is_pen_name(text: str) -> bool:
    """True if two or three characters may be a name with a rare family name, or a pen name."""
    is_short = bool(re.fullmatch(rf"[{HAN}]{{2,3}}", text))
    return is_short and not re.search(
        "[社报网部局委院校馆厂店台获讯电称说本均各版图片供系为由等]", text
    )


def _name(text: str) -> _Word:
    return _Word("name", pinyin_name(text))


def _role(chunk: str) -> _Word | None:
    if chunk in _WORK:
        return _work(chunk)
    if chunk in _AGENCIES:
        return _Word("agency", _AGENCIES[chunk])
    if found := _PERSON.fullmatch(chunk):
        post = office(found["post"][1:]) if found["post"] else ""
        return None if post is None else _Word("person", _person(found), post and f"in {post}")
    if found := _EDITOR.fullmatch(chunk):
        desks = re.findall(_longest_first([*_DESKS]), found["desk"])
        noun = _EDITORS[found["noun"]]
        if "责任" in desks:
            noun = "editor in charge" if noun == "editor" else noun
        return _Word("editor", " ".join([*(d for each in desks if (d := _DESKS[each])), noun]))
    return None


def _person(found: re.Match[str]) -> str:
    """Return who reports, in English: `chief staff reporter`, `guest commentator`."""
    noun = _PEOPLE[found["noun"]]
    ranks = re.findall(_longest_first([*_RANKS]), found["ranks"] + found["more"])
    english = [_RANKS[rank] for rank in ranks]
    if "special" in english:
        is_reporter = noun in ("reporter", "correspondent")
        noun = "correspondent" if is_reporter else noun
        english = [word if word != "special" or is_reporter else "guest" for word in english]
    outlet = _OUTLETS.get(found["outlet"] or "", "")
    # only who is employed is of the staff
    if outlet != "staff" or (
        noun in ("reporter", "photographer", "commentator") and "guest" not in english
    ):
        english.append(outlet)
    return " ".join(filter(None, [*english, noun]))


def _work(word: str) -> _Word:
    return _Word("gift" if word == "供图" else "work", _WORK[word])


def _giver(chunk: str) -> _Word | None:
    if found := re.fullmatch(r"(.+?)(?:提供|供)", chunk):
        given = office(re.sub(r"^(?:均)?(?:图片|照片)?(?:均)?由?", "", found[1]))
        return _Word("gift-of", given) if given else None
    if found := re.fullmatch(r"(.{2,6})报道|发自(.{2,6})", chunk):
        place = office(found[1] or found[2])
        return _Word("from", f"reporting from {place}") if place else None
    given = office(chunk)
    return _Word("giver", given) if given else None


def _groups(words: Sequence[_Word]) -> list[_Group]:
    """Put names to their roles."""
    is_after = words[-1].kind in ("work", "gift")
    groups: list[_Group] = [_Group()]
    for number, word in enumerate(words):
        group = groups[-1]
        is_last = number + 1 == len(words)
        match word.kind:
            case "name" | "giver" | "agency":
                if group.done:
                    groups.append(group := _Group())
                if word.kind == "agency":
                    group.agency = word.english
                else:
                    group.names.append(word.english)
            case "gift-of":
                if group.names:
                    groups.append(group := _Group())
                group.roles, group.names = [_Word("gift", "photo")], [word.english]
            case "from":
                group.after = f", {word.english}"
            case "work" | "gift" if (group.names or group.agency) and (is_after or is_last):
                # 张三 文 李四 图: each word of work is of those before it
                group.done = word.english if word.kind == "work" else "gift"
            case _:
                if group.names:
                    groups.append(group := _Group())
                group.roles.append(word)
    return [group for group in groups if group.roles or group.names or group.agency]


def _is_done_by_all(groups: Sequence[_Group]) -> bool:
    """True if all people share the work at the end: 记者 张三 实习生 李四 摄."""
    are_people = all(
        group.names and group.roles and all(role.kind == "person" for role in group.roles)
        for group in groups
    )
    done = [group.done for group in groups]
    return len(groups) > 1 and are_people and not any(done[:-1]) and done[-1] not in ("", "gift")


def _done_by_all(groups: Sequence[_Group]) -> str:
    """Return `text and photos by staff reporter Zhang San, correspondent Li Si`."""
    done = groups[-1].done
    people = []
    for group in groups:
        names = ", ".join(group.names)
        roles = " ".join(_role_names(group.roles, many=len(group.names) > 1))
        people.append(names if done == "photo" else f"{roles} {names}")
    return f"{_by(done)} {', '.join(people)}{groups[-1].after}"


def _written(group: _Group) -> str:
    """Return a group in English: `staff reporters: Zhang San, Li Si`, `photo by Zhang San`."""
    names = ", ".join(group.names) or group.agency
    if group.agency and group.names:
        names += f" ({group.agency})"
    if group.done == "gift" or any(role.kind == "gift" for role in group.roles):
        return f"photo courtesy of {names}" if names else "photo provided"
    is_many = len(group.names) > 1
    people = _role_names([role for role in group.roles if role.kind != "work"], many=is_many)
    work = [role.english for role in group.roles if role.kind == "work"]
    if group.done or (work and people and group.names):
        # of a photographer the rank is left out, as agencies do
        shown = [] if group.done == "photo" else people
        done = [*work, group.done] if group.done else work
        return " ".join([_by(" and ".join(dict.fromkeys(done))), *shown, names]) + group.after
    label = " and ".join([*work, *people])
    if not names or not label:
        return (names or label) + group.after
    return (f"{label} {names}" if label.endswith(" by") else f"{label}: {names}") + group.after


def _by(work: str) -> str:
    return _DONE.get(work) or (work if work.endswith(" by") else f"{work} by")


def _role_names(roles: Sequence[_Word], *, many: bool) -> list[str]:
    return [" ".join(filter(None, (_plural(role, many=many), role.after))) for role in roles]


def _plural(role: _Word, *, many: bool) -> str:
    if not many:
        return role.english
    head, mark, tail = role.english.partition(" in charge")
    return f"{head}s{mark}{tail}" if not head.endswith("design") else role.english
