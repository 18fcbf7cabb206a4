"""A digest as Markdown, as HTML for a mail, and as JSON."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from html import escape
from typing import Any

from pipeline.language.controls import visible_line
from pipeline.language.plural import plural
from pipeline.summarize.digest.stories import Digest, DigestStory, grouped

_BODY = "margin:0 auto;max-width:640px;padding:16px;font:16px/1.5 Georgia,serif;color:#222"
_HEADING = "margin:24px 0 8px;font:600 14px/1.3 sans-serif;color:#7a1f1f"
_NOTE = "color:#666;font:13px/1.4 sans-serif"
_NEW = "color:#fff;background:#7a1f1f;border-radius:3px;padding:0 5px;font:600 11px/1.6 sans-serif"
_SPECIAL = str.maketrans({one: f"\\{one}" for one in "\\`*_[]<>#|"})


def digest_json(digest: Digest) -> str:
    """Return a digest as JSON: its stories in order, and how many there were."""
    value = {
        "title": digest.title,
        "total": digest.total,
        "date": digest.date,
        "news": digest.news,
        "stories": [
            asdict(story) | {"group": {"en": story.group[0], "zh": story.group[1]}}
            for story in digest.stories
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def digest_of(values: Mapping[str, Any]) -> Digest:
    """Return the digest that `digest_json` wrote. Raises ValueError if it is another file."""
    try:
        stories = [
            DigestStory(
                **(
                    story
                    | {"group": (story["group"]["en"], story["group"]["zh"])}
                    | {name: tuple(story[name]) for name in ("articles", "places")}
                )
            )
            for story in values["stories"]
        ]
        return Digest(
            values["title"], grouped(stories), values["total"], values["date"], values["news"]
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from None


def digest_markdown(digest: Digest) -> str:
    """Return a digest as Markdown."""
    parts = [f"# {_plain(digest.title)}", _facts(digest)]
    parts += [_plain(digest.news)] if digest.news else []
    for name, stories in digest.groups:
        parts += [f"## {_plain(_name(name))}", "\n".join(map(_item, stories))]
    return "\n\n".join(parts) + "\n"


def _item(story: DigestStory) -> str:
    heading, english, chinese = _texts(story)
    label = _label(story)
    lines = [f"- **{_plain(heading)}**{f' ({label})' if label else ''}"]
    lines += [_plain(text) for text in (english, chinese, _origin(story)) if text]
    return "  \n  ".join(lines)


def digest_html(digest: Digest) -> str:
    """Return a digest as one HTML page for a mail: inline styles, no script, nothing to load."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(digest.title)}</title></head>",
        f'<body style="{_BODY}"><h1 style="font-size:22px;margin:0">{_text(digest.title)}</h1>',
        f'<p style="{_NOTE}">{_text(_facts(digest))}</p>',
    ]
    if digest.news:
        parts.append(f'<p style="{_NOTE}">{_text(digest.news)}</p>')
    for name, stories in digest.groups:
        parts.append(f'<h2 style="{_HEADING}">{_text(_name(name))}</h2>')
        parts += map(_paragraphs, stories)
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _paragraphs(story: DigestStory) -> str:
    heading, english, chinese = _texts(story)
    label = _label(story)
    mark = f' <span style="{_NEW}">{label}</span>' if label else ""
    texts = [f'<p style="margin:0 0 14px"><b>{_text(heading)}</b>{mark}']
    if english:
        texts.append(f"<br>{_text(english)}")
    if chinese:
        texts.append(f'<br><span lang="zh">{_text(chinese)}</span>')
    texts.append(f'<br><span style="{_NOTE}">{_text(_origin(story))}</span></p>')
    return "".join(texts)


def _label(story: DigestStory) -> str:
    return "new" if story.continues == "" else story.change


def _texts(story: DigestStory) -> tuple[str, str, str]:
    """Return heading, English line and Chinese line; no text twice."""
    heading = story.title_en or story.line_en or story.title_zh or story.line_zh
    if story.line_en.startswith(heading.removesuffix(" …")):  # a sentence without a headline
        heading = story.line_en
    english = story.line_en if story.line_en != heading else ""
    chinese = story.line_zh or story.title_zh
    return heading, english, chinese if chinese != heading else ""


def _origin(story: DigestStory) -> str:
    origin = ", ".join(story.places)
    if len(story.articles) > 1:
        origin += f" ({plural(len(story.articles), 'article')})"
    return f"{origin}; continues “{story.continues}”" if story.continues else origin


def _facts(digest: Digest) -> str:
    """Return the day of a digest and how many stories it has."""
    shown = len(digest.stories)
    text = plural(shown, "story", "stories")
    text += f" of {digest.total:,}" if shown < digest.total else ""
    if any(story.continues is not None for story in digest.stories):
        text += f", {sum(story.continues == '' for story in digest.stories):,} new"
    return " · ".join(filter(None, (digest.date, text)))


def _name(group: tuple[str, str]) -> str:
    return group[0] if group[0] == group[1] else f"{group[0]} {group[1]}"


def _plain(text: str) -> str:
    return visible_line(text).translate(_SPECIAL)


def _text(text: str) -> str:
    return escape(visible_line(text))


DIGEST_WRITERS: dict[str, Callable[[Digest], str]] = {
    "digest.md": digest_markdown,
    "digest.html": digest_html,
    "digest.json": digest_json,
}
"""What writes each file of a digest."""
