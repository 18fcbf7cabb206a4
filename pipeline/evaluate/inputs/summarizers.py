"""The summaries of a system for a test set of articles: a summarizer, or a run folder."""

from collections.abc import Mapping, Sequence

from models.errors import WeightsError
from models.load import load_picker, load_summarizer, resolve_summarizer
from models.resolved import ResolvedModel
from models.specs import ExtractiveSpec
from pipeline.config.machine import MachineSection
from pipeline.config.sections import SegmentSection
from pipeline.engine.results import Tables
from pipeline.errors import ConfigError, ModelError
from pipeline.evaluate.config import SummarizerOutput
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet, Output
from pipeline.input.references import reference_key
from pipeline.records import Article, Document, Summary, SummarySentence, Translation
from pipeline.score.rouge import is_chinese
from pipeline.segment.segment import segment
from pipeline.summarize.lines import ChineseLine, chinese_summary
from pipeline.summarize.summarize import summarize


def resolve_system(spec: SummarizerOutput, runtime: MachineSection) -> ResolvedModel:
    """Find the weights of a summarizer. Raises ModelError, naming the system, if it cannot run."""
    place = f"systems: {spec.name}"
    try:
        return resolve_summarizer(spec.model, runtime.machine, place=f"{place}: model")
    except WeightsError as error:
        raise ModelError(f"{place}: {error}") from None


def summarizer_outputs(
    spec: SummarizerOutput, sets: Sequence[EvaluationSet], runtime: MachineSection
) -> list[Output]:
    """Summarize every article of every set in Chinese, as a run does."""
    resolved = resolve_system(spec, runtime)
    articles = [_articles(test_set) for test_set in sets]
    if isinstance(spec.model, ExtractiveSpec) and not spec.model.quotes_the_article:
        picker, cut = load_picker(spec.model), spec.model.compress
        rows = [
            [_joined(chinese_summary(article, picker, cut=cut).lines) for article in own]
            for own in articles
        ]
    else:
        summarizer = load_summarizer(spec.model, resolved, runtime.machine)
        rows = [
            [
                _joined(row.zh)
                for row in summarize(
                    own,
                    [Translation(article.id, ()) for article in own],
                    summarizer=summarizer,
                    languages=("zh",),
                )
            ]
            for own in articles
        ]
    return [Output(spec.name, tuple(texts)) for texts in rows]


def run_summaries(name: str, tables: Tables, test_set: EvaluationSet, place: str) -> Output:
    """Return a run's summaries of a set's articles, in the language of the reference.

    An article is matched by its id, else by its text without spaces. Raises ConfigError if the
    run lacks one.
    """
    known: dict[str, Summary] = {}
    for article, summary in zip(tables.articles, tables.summaries, strict=True):
        known |= {_text_key(article): summary, article.document_id: summary, article.id: summary}
    texts = [_summary_of(one, known) for one in test_set.segments]
    missing = [one for one, text in zip(test_set.segments, texts, strict=True) if text is None]
    if missing:
        raise ConfigError(
            f"{place}: {len(missing)} of {len(texts)} articles of the set '{test_set.name}' are "
            f"not in this run, the first is {missing[0].id}; use the set as its input"
        )
    return Output(name, tuple(text for text in texts if text is not None))


def _summary_of(one: EvaluationSegment, known: Mapping[str, Summary]) -> str | None:
    row = known.get(one.id) or known.get(reference_key(one.source))
    if row is None:
        return None
    in_chinese = not one.references or is_chinese(one.references[0])
    return _joined(row.zh if in_chinese else row.en)


def _joined(lines: Sequence[SummarySentence] | Sequence[ChineseLine]) -> str:
    return " ".join(line.text for line in lines)


def _text_key(article: Article) -> str:
    return reference_key("".join(sentence.text for sentence in article.sentences))


def _articles(test_set: EvaluationSet) -> list[Article]:
    settings = SegmentSection().model_dump(mode="json")
    documents = [
        Document(one.id, one.source, one.id, layout="article") for one in test_set.segments
    ]
    return [articles[0] for articles in segment(documents, **settings)]
