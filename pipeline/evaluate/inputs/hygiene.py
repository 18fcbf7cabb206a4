"""Blemishes of test sets and outputs: warnings with what they cost, and clean copies."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from models.patterns import lazy
from pipeline.errors import ConfigError
from pipeline.evaluate.config import EvaluationConfig, FileOutput, FilesSet
from pipeline.evaluate.inputs.alignment import alignment_lines, mixed_ends, source_lines
from pipeline.evaluate.inputs.set_files import read_lines
from pipeline.evaluate.results import EvaluationSet, Output
from pipeline.input.hygiene import blemish_lines, clean_line

_MANY = 3  # other systems from which on a warning names them in one line
_NUMBERS = lazy(r"\d[\d.,]*")


def clean_set(test_set: EvaluationSet) -> EvaluationSet:
    """Return a test set with clean sources and references."""
    segments = (
        replace(
            segment,
            source=clean_line(segment.source),
            references=tuple(clean_line(text) for text in segment.references),
        )
        for segment in test_set.segments
    )
    return replace(test_set, segments=tuple(segments))


def clean_output(output: Output) -> Output:
    """Return the output of a system with clean lines."""
    return replace(output, hypotheses=tuple(map(clean_line, output.hypotheses)))


def config_warnings(
    config: EvaluationConfig, pairs: Sequence[tuple[EvaluationSet, Sequence[Output]]]
) -> Iterator[str]:
    """Yield what is wrong with the sets and outputs of an evaluation.

    Files are read again as they are: sets and outputs hold lines without blanks at their ends.
    """
    specs = {spec.name: spec for spec in config.sets}
    systems = {spec.name: spec for spec in config.systems}
    fits = partial(alignment_lines, may_be_chinese=config.task == "summary")
    for test_set, outputs in pairs:
        spec = specs.get(test_set.name)
        if isinstance(spec, FilesSet):
            for path in (spec.source, *spec.references):
                yield from _file_warnings(path, path)
        else:
            yield from set_warnings(test_set)
        yield from _misfits(test_set, fits)
        lines: list[tuple[str, str]] = []
        first_with: dict[tuple[str, ...], str] = {}
        for output in outputs:
            system = systems.get(output.name)
            path = (
                system.path.replace("{set}", test_set.name)
                if isinstance(system, FileOutput)
                else ""
            )
            name = f"{output.name} on {test_set.name}"
            twin = first_with.setdefault(output.hypotheses, output.name)
            if twin != output.name:  # all else is said of the first
                yield f"{name}: has the same text as {twin}: is it the wrong file?"
                continue
            warnings = (
                *output_warnings(test_set, output, _lines(path) if path else None),
                *mixed_ends(name, path),
                *fits(name, output.hypotheses, test_set),
            )
            lines += ((output.name, line) for line in warnings)
        yield from _in_few_lines(lines)


def _in_few_lines(lines: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield lines of systems; where many differ in numbers only, the first and the other names."""
    kinds: dict[str, list[tuple[str, str]]] = {}
    for system, line in lines:
        kinds.setdefault(_NUMBERS.sub("", line.removeprefix(system)), []).append((system, line))
    for (_, first), *others in kinds.values():
        if len(others) < _MANY:
            yield from (first, *(line for _, line in others))
        else:
            names = ", ".join([name for name, _ in others[:_MANY]])
            more = ", …" if len(others) > _MANY else ""
            yield f"{first}; the same in {len(others)} other systems: {names}{more}"


def _misfits(test_set: EvaluationSet, fits: Callable[..., Iterator[str]]) -> Iterator[str]:
    """Yield where sources and references do not fit together."""
    yield from source_lines(test_set)
    if all(segment.references for segment in test_set.segments):
        texts = [segment.references[0] for segment in test_set.segments]
        name = f"{test_set.name}, reference 1"
        yield from fits(name, texts, test_set, is_reference=True)


def set_warnings(test_set: EvaluationSet) -> Iterator[str]:
    """Yield what is wrong with the sources and references of a set."""
    segments = test_set.segments
    yield from blemish_lines(f"{test_set.name}, source", [s.source for s in segments])
    for index in range(max((len(segment.references) for segment in segments), default=0)):
        texts = [s.references[index] for s in segments if index < len(s.references)]
        yield from blemish_lines(f"{test_set.name}, reference {index + 1}", texts)


def output_warnings(
    test_set: EvaluationSet, output: Output, lines: Sequence[str] | None = None
) -> Iterator[str]:
    """Yield what is wrong with an output, and what it costs in BLEU if the set has references."""
    name = f"{output.name} on {test_set.name}"
    yield from blemish_lines(name, lines or output.hypotheses, costs=_costs(test_set, output))


def _costs(test_set: EvaluationSet, output: Output) -> str:
    """Return BLEU as it is and clean; empty without references or blemishes."""
    references = [segment.references for segment in test_set.segments]
    cleaned = tuple(map(clean_line, output.hypotheses))
    # BLEU does not count blanks
    is_equal = [a.split() for a in output.hypotheses] == [a.split() for a in cleaned]
    if is_equal or not all(references):
        return ""
    bleu = _bleu(tuple(tuple(map(clean_line, texts)) for texts in references))
    before, after = (
        bleu.corpus_score(list(texts), None).score for texts in (output.hypotheses, cleaned)
    )
    return f"BLEU {before:.1f} as it is, {after:.1f} clean"


@lru_cache(maxsize=1)
def _bleu(references: tuple[tuple[str, ...], ...]) -> Any:
    """Return sacreBLEU's BLEU with the words of the references, for one system after the other."""
    # sacrebleu takes time to import: only a blemished output pays it
    from sacrebleu.metrics.bleu import BLEU

    most = max(map(len, references))
    return BLEU(
        references=[[texts[min(at, len(texts) - 1)] for texts in references] for at in range(most)]
    )


def _file_warnings(name: str, path: str) -> Iterator[str]:
    yield from mixed_ends(name, path)
    yield from blemish_lines(name, _lines(path) or [])


def _lines(path: str) -> list[str] | None:
    try:
        return read_lines(path, "")
    except ConfigError:  # of a file that is needed, reading it for the set has said so
        return None
