"""What the keys of a config mean: the docstrings below them, read when somebody asks.

pydantic reads them too (`use_attribute_docstrings`), but as the classes are made: 60 ms of a start.
"""

import ast
import inspect
import typing
from functools import cache
from itertools import chain, pairwise
from typing import Any

from pydantic import BaseModel

from pipeline.config.annotations import sections_in


@cache
def key_texts(section: type[BaseModel]) -> dict[str, str]:
    """Return what each key of a section means; some say it as the description of their field."""
    texts = {name: field.description or "" for name, field in section.model_fields.items()}
    for base in section.__mro__:
        if BaseModel in base.__mro__[1:]:
            texts |= {key: text for key, text in _docstrings(base).items() if not texts[key]}
    return texts


def _docstrings(section: type) -> dict[str, str]:
    """Return the docstrings below the fields that a class has itself, on one line each."""
    [tree] = ast.parse(inspect.getsource(section)).body
    return {
        field.target.id: " ".join(below.value.value.split())
        for field, below in pairwise(getattr(tree, "body", ()))
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(below.value.value, str)
    }


def described_schema(section: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a section and all below it, with what their keys mean."""
    schema = section.model_json_schema()
    sections = {section.__name__: schema} | schema["$defs"]
    for below in _with_sections_below(section):
        fields = sections[below.__name__]["properties"]
        for key, text in key_texts(below).items():
            fields[key] = dict(sorted({**fields[key], "description": text}.items()))
    return schema


def _with_sections_below(section: type[BaseModel]) -> set[type[BaseModel]]:
    annotations = [field.annotation for field in section.model_fields.values()]
    parts = [part for whole in annotations for part in (whole, *typing.get_args(whole))]
    return {section}.union(*map(_with_sections_below, chain(*map(sections_in, parts))))
