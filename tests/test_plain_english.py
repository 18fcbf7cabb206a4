"""What users read is plain English: help, config descriptions, errors, warnings and messages.

A few patterns catch the phrases that native readers stumbled over. Docstrings are not searched.
"""

import ast
import re
import typing
from collections.abc import Iterator
from pathlib import Path

import click
from pydantic import BaseModel

from pipeline.cli import COMMANDS, cli
from pipeline.config.key_texts import key_texts
from pipeline.config.sections import Config
from pipeline.evaluate.config import EvaluationConfig

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("models/**/*.py")])

# pattern -> what to write instead
STUMBLES = {
    r"[,;:] for (?:it|its|they|their|there|this|these|nothing|no|none)\b": "because …",
    r"(?:^|[.;:] )Of (?!course\b)": "name the subject first: 'For an article, shows …'",
    r"\b[Nn]obody\b|\bno one\b": "name who: 'you', 'the config', or use 'not'",
    r"\b[Nn]othing (?:of|for|in|is|was|to|but)\b|\bsays nothing\b": "'not … anything', or 'empty'",
    r"\b[Nn]one (?:is|are|was) (?!\w+ed\b)": "'not one', or say what is missing",
    r"\btold\b|\btells?\b|\btelling\b": "'shows', 'reports', 'prints', 'says'",
    r"\bstands?\b(?!-| for\b)|\bstood\b": "'is', 'appears'",
    r"\bso many\b|\bso much\b": "a number, or 'that many'",
    r"\banew\b": "again",
    r"\bbe it\b|\bsave (?:for|where|that)\b|\bin vain\b|\bas ever\b|\brightly\b": "plain words",
    r"\bis there already\b": "already exists",
    r"(?<!\b[Tt]here )(?<!\bor )\b(?:is|are) no (?!longer\b|more\b|less\b|such\b)": "is not a",
    r"\b(?:go|goes|going|went) on\b": "continue",
    r"\bby chance\b|\bdrawn\b|\bdraws?\b": "sample, sampled",
    r"\bwhat of\b|\bof what\b|\bwhat (?:is|are) (?:made|needed|published)\b": "name the thing",
    r"\bheld against\b": "compared with",
    r"\b(?:is|are|was|were) (?:had|known by|taken off)\b": "has, removed",
    r"\bfound out\b": "detected",
}

# Texts that may keep a phrase.
ALLOWED = (
    "`draws`",  # a value of a config key
    "`among: draws`",
    "LIKE '% told %'",  # a query for keys of old memories
    "There is nothing to report",
    "nothing in common",
)

# Files whose strings are prompts, lists of words or rules for newspapers.
SKIPPED = ("pipeline/check/chatter.py",)


def _problems(text: str) -> list[str]:
    for phrase in ALLOWED:
        text = text.replace(phrase, "")
    return [
        f"'{match[0].strip()}' (write: {advice}) in: {text}"
        for pattern, advice in STUMBLES.items()
        if (match := re.search(pattern, text))
    ]


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            inner = command.get_command(context, below)
            assert inner is not None
            yield from _commands(inner, f"{name} {below}")


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _models(part)


def _descriptions() -> Iterator[tuple[str, str]]:
    waiting: list[type[BaseModel]] = [Config, EvaluationConfig]
    seen: set[type[BaseModel]] = set()
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        yield model.__name__, (model.__doc__ or "").splitlines()[0]  # a heading of the docs
        for name, field in model.model_fields.items():
            yield f"{model.__name__}.{name}", key_texts(model)[name]
            waiting += _models(field.annotation)


def _messages(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every string of a file that reads like a sentence, except docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        text = ""
        if isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if len(re.findall(r"\w\w+", text)) >= 3 and "(?" not in text and "\\b" not in text:
            yield getattr(node, "lineno", 0), text


def test_the_help_of_every_command_is_plain() -> None:
    problems = [
        f"pipeline {name}: {p}" for name, row in COMMANDS.items() for p in _problems(row[1])
    ]
    for name, command in _commands(cli, "pipeline"):
        texts = [command.help or ""]
        texts += [
            option.help or "" for option in command.params if isinstance(option, click.Option)
        ]
        problems += [f"{name}: {p}" for text in texts for p in _problems(" ".join(text.split()))]
    assert not problems, "\n".join(problems)


def test_the_description_of_every_config_key_is_plain() -> None:
    problems = [f"{name}: {p}" for name, text in _descriptions() for p in _problems(text)]
    assert not problems, "\n".join(problems)


def test_errors_and_messages_are_plain() -> None:
    problems = {
        f"{path.relative_to(ROOT)}:{line}: {problem}"
        for path in FILES
        if path.relative_to(ROOT).as_posix() not in SKIPPED
        for line, text in _messages(path)
        for problem in _problems(text)
    }
    assert not problems, "\n".join(sorted(problems))
