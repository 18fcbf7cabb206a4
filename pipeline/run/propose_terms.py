"""A glossary proposed from an input: its names and recurring terms, each with English and a sample.

input ─segment─▶ sentences ─find_terms─▶ terms ─propose─▶ table ─an editor─▶ approve_terms
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.patterns import lazy
from models.protocols import Request
from pipeline.ask import ask_best
from pipeline.check.named.person_names import person_names
from pipeline.config.sections import Config
from pipeline.engine.documents import documents
from pipeline.engine.intake import Intake
from pipeline.engine.resources import Resources
from pipeline.engine.translation.model import load_first_translator
from pipeline.errors import ConfigError
from pipeline.language.bodies import known_bodies
from pipeline.language.chinese import HAN
from pipeline.language.divisions import known_divisions
from pipeline.language.gazetteer import known_names
from pipeline.language.pinyin import pinyin_name, syllables
from pipeline.language.variants import simple_characters
from pipeline.language.words import likeliest_words, word_costs
from pipeline.records import Failure, Span
from pipeline.segment.segment import segment

KINDS = ("organisation", "place", "person", "term")
_DIVISIONS = {"省": "Province", "市": "", "区": "District", "县": "County"}
_RUN = lazy(f"[{HAN}]+")
_QUOTED = lazy(f"[“「『‘]([{HAN}]{{2,10}})[”」』’]")
_MOST_WORDS = 4
_LENGTHS = range(3, 11)  # characters of a recurring term
_COMMON_WORD = 8.0  # words that cost less, in nats, are no beginning or end of a term: 我们, 进行
_SHORT_WORD = 8.5
"""Words of one character that cost less are in no term: 的, 把. 商 in 营商环境 costs more."""
_MOST_TERMS = 200


@dataclass(frozen=True, slots=True)
class FoundTerm:
    """A name or a term of the input, how often it occurs, and the first sentence that has it.

    `english` is what a table or rule says, `given_by` which; `model` is what the model says.
    """

    zh: str
    kind: str
    count: int
    sample: str
    english: str = ""
    given_by: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The terms of an input, how many others the glossary has already, and unread documents."""

    terms: tuple[FoundTerm, ...]
    known: int
    unread: tuple[Failure, ...]


def propose(config: Config, limit: int | None, least: int) -> Proposal:
    """Return the names of a config's input and the terms that occur `least` times.

    Raises ConfigError if the input cannot be found or has none, and ModelError.
    """
    unread: list[Failure] = []
    settings = config.segment.model_dump(mode="json")
    sentences = (
        sentence.text
        for document in documents(config, unread, limit, Intake())
        for articles in segment([document], **settings)
        for article in articles
        for sentence in article.sentences
    )
    found = find_terms(sentences, least)
    resources = Resources(config)
    plain = resources.glossary.plain
    new = [term for term in found if simple_characters(term.zh).lower() not in plain]
    if not found:
        raise ConfigError(
            "the input has no names and no recurring terms; name more pages, or lower --least"
        )
    if new:
        requests = [Request(term.zh) for term in new]
        answers = ask_best(load_first_translator(resources), requests)
        pairs = zip(new, answers, strict=True)
        new = [replace(term, model=" ".join(best.text.split()).strip(" .")) for term, best in pairs]
    return Proposal(tuple(new), len(found) - len(new), tuple(unread))


def find_terms(sentences: Iterable[str], least: int) -> list[FoundTerm]:
    """Return the names in sentences, then the terms that occur `least` times, frequent ones first.

    Places, organisations and foreign people are those of the tables, Chinese people those beside a
    title or a verb. Terms are words in a row, and what stands in quotation marks.
    """
    names: dict[str, FoundTerm] = {}
    runs: Counter[str] = Counter()
    samples: dict[str, str] = {}
    for sentence in sentences:
        taken: list[Span] = []
        for span, kind, english, given_by in _names(simple_characters(sentence)):
            if any(span.overlaps(other) for other in taken):
                continue
            taken.append(span)
            zh = sentence[span.start : span.end]
            term = names.get(zh, FoundTerm(zh, kind, 0, sentence, english, given_by))
            names[zh] = replace(term, count=term.count + 1)
        for run in _term_runs(sentence, taken):
            runs[run] += 1
            samples.setdefault(run, sentence)
    recurring = {run: count for run, count in runs.items() if count >= least and run not in names}
    terms = [FoundTerm(run, "term", recurring[run], samples[run]) for run in _whole(recurring)]
    terms.sort(key=lambda term: (-term.count * len(term.zh), term.zh))
    by_kind = sorted(names.values(), key=lambda term: (KINDS.index(term.kind), -term.count))
    return [*by_kind, *terms[:_MOST_TERMS]]


def _names(text: str) -> Iterator[tuple[Span, str, str, str]]:
    """Yield the names of a sentence: span, kind, English and where that is from."""
    for span, body in known_bodies(text):
        yield span, "organisation", body.english.rstrip("*"), "organisations"
    for span, name in known_divisions(text):
        kind = _DIVISIONS.get(text[span.end - 1], "")
        yield span, "place", f"{syllables(name)} {kind}".strip(), "pinyin"
    for span, known in known_names(text):
        kind = "person" if known.is_person else "place"
        yield span, kind, known.whole or known.forms[0], "gazetteer"
    for person in person_names(text):
        name = person.names[0]
        span = Span(person.span.start, person.span.start + len(name))
        yield span, "person", pinyin_name(name), "pinyin"


def _term_runs(sentence: str, taken: Sequence[Span]) -> Iterator[str]:
    """Yield the stretches of a sentence that may be terms and are in no name, each place once."""
    spans = {Span(*match.span(1)) for match in _QUOTED.finditer(sentence)}
    for run in _RUN.finditer(sentence):
        spans.update(_word_spans(run[0], run.start()))
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if not any(span.overlaps(name) for name in taken):
            yield sentence[span.start : span.end]


def _word_spans(run: str, offset: int) -> Iterator[Span]:
    """Yield the places of words in a row that may be a term; see `_COMMON_WORD`, `_SHORT_WORD`."""
    costs = word_costs()
    words = likeliest_words(simple_characters(run))
    for first in range(len(words)):
        for last in range(first, min(first + _MOST_WORDS, len(words))):
            start, end = words[first][0], words[last][1]
            ends = (run[slice(*words[first])], run[slice(*words[last])])
            inside = words[first : last + 1]
            if (
                end - start in _LENGTHS
                and all(costs.get(word, _COMMON_WORD) >= _COMMON_WORD for word in ends)
                and not any(costs.get(run[a:b], 0) < _SHORT_WORD for a, b in inside if b - a == 1)
            ):
                yield Span(offset + start, offset + end)


def _whole(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield the runs that are not always parts of one longer run."""
    parts = {
        run[start:end]: count
        for run, count in sorted(counts.items(), key=lambda item: item[1])
        for start in range(len(run))
        for end in range(start + 2, len(run) + 1)
        if end - start < len(run)
    }
    yield from (run for run, count in counts.items() if parts.get(run, 0) < count)


COLUMNS = tuple("zh en ok sense note kind count from model proposed sample".split())
"""Of a proposal. An editor changes en, ok, sense and note."""


def proposal_row(term: FoundTerm) -> list[object]:
    """Return a term as a row of a proposal, with nothing approved."""
    english = term.english or term.model
    given_by = term.given_by or "model"
    return [
        *(term.zh, english, "", "", "", term.kind, term.count, given_by, term.model),
        *(english, term.sample),
    ]
