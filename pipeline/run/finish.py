"""The end of a run: its totals, its report, its English files and digest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pipeline
from pipeline.config.sections import Config
from pipeline.engine.corrections import known_corrections
from pipeline.engine.keys import digest
from pipeline.engine.manifest import Manifest
from pipeline.engine.plan import REPORT_VERSION, TRANSLATE, Plan
from pipeline.engine.quality import quality_line
from pipeline.engine.resources import Resources
from pipeline.engine.results import PartialRows, Rows
from pipeline.engine.reuse import EarlierRun
from pipeline.engine.store import Store, to_jsonl
from pipeline.evaluate.verdict import GateVerdict
from pipeline.exit_codes import run_code
from pipeline.memory.schema import COMMENT
from pipeline.nightly.edition_changes import edition_changes, write_changes
from pipeline.nightly.known_texts import KnownTexts, known_texts
from pipeline.nightly.same_report import take_report
from pipeline.records import Failure, SummaryScores
from pipeline.report.article import made
from pipeline.report.changes import Changes
from pipeline.report.report import NO_TITLE, ArticleRow, Report
from pipeline.report.stated import browser_store, day_text
from pipeline.report.vocabulary import VocabularyGaps, describe_gaps
from pipeline.run.digest import write_digest
from pipeline.run.english import size_note, write_english, write_english_copies
from pipeline.run.outcome import FILES, Outcome
from pipeline.storage import write_atomically
from pipeline.translate.rules.furniture import english_furniture


def conclude(
    plan: Plan,
    manifest: Manifest,
    store: Store,
    failures: Sequence[Failure],
    *,
    report: bool,
    earlier: EarlierRun | None = None,
) -> Outcome:
    """Write report, English articles and digest if wanted and changed; say how the run ended.

    `earlier` is the run before this one, to say what is new since.
    """
    config = plan.resources.config
    files: tuple[Path, ...] = ()
    left: tuple[str, ...] = ()
    if report:
        rows = PartialRows(store, manifest.tables)
        files = tuple(store.folder / FILES[name] for name in config.report.formats)
        changes = edition_changes(earlier, store, manifest.tables) if earlier else None
        manifest.changes = changes.counts if changes else {}
        write_changes(store.folder, changes)
        news = changes if changes and changes.stories else None
        comments = known_corrections(config, COMMENT)
        base = _report_key(config, manifest, store, failures, comments)
        key = digest([base, asdict(news)]) if news else base
        is_written = key == manifest.report_key and all(file.exists() for file in files)
        is_known = is_written or (
            not news
            and earlier is not None
            and take_report(earlier, base, manifest, files, _names(config, manifest, earlier))
        )
        if not is_known:
            texts = _known_texts(config, rows, earlier)
            _write_report(plan.resources, manifest, rows, failures, news, comments, texts)
        manifest.report_key, manifest.report_base = key, base
        files += write_english(manifest, rows, failures, earlier)
        left = (*size_note(manifest), *write_english_copies(manifest, rows, earlier))
        write_digest(manifest, rows, changes, earlier)
    has_rows = not failures or _any_row(store, manifest)
    verdicts: tuple[GateVerdict, ...] = ()
    if report and config.gate and has_rows:
        verdicts = _judged(config, store, earlier.store.folder if earlier else None)
        manifest.gates = [asdict(verdict) for verdict in verdicts]
    warnings = _warnings(config, manifest) if report else ()
    passes = all(verdict.passed for verdict in verdicts)
    code = run_code(has_failures=bool(failures), has_rows=has_rows, passes_gates=passes)
    return Outcome(code, tuple(failures), files, verdicts, warnings, left)


def _warnings(config: Config, manifest: Manifest) -> tuple[str, ...]:
    if not manifest.vocabulary:
        return ()
    known = VocabularyGaps(**manifest.vocabulary)
    return (describe_gaps(known),) if known.share > config.report.max_unknown_share else ()


def _judged(config: Config, store: Store, before: Path | None) -> tuple[GateVerdict, ...]:
    # numpy and sacrebleu take time to import: only a config with a gate pays it
    from pipeline.evaluate.gate_check import followed_rules, judge_run

    given = {str(name): rule for name, rule in config.gate.items()}
    rules, verdicts = followed_rules(given, store.folder, before)
    return (*verdicts, *judge_run(store.folder, rules))


def _any_row(store: Store, manifest: Manifest) -> bool:
    """Tell whether the last table has any row at all."""
    table = list(manifest.tables)[-1]
    return any(store.size(table, key) > 0 for key in manifest.tables[table])


def _report_key(
    config: Config,
    manifest: Manifest,
    store: Store,
    failures: Sequence[Failure],
    comments: Mapping[str, str],
) -> str:
    """Name a report by all that is in it: the shards by their content, not by their keys alone."""
    return digest(
        [
            REPORT_VERSION,
            pipeline.__version__,
            config.report.model_dump(mode="json"),
            config.score.model_dump(mode="json"),
            manifest.tables,
            store.digests(manifest.tables),
            "".join(to_jsonl(failures)),
            manifest.notes,
            *([sorted(comments.items())] if comments else []),
        ]
    )


def _write_report(
    resources: Resources,
    manifest: Manifest,
    partial: PartialRows,
    failures: Sequence[Failure],
    changes: Changes | None,
    comments: Mapping[str, str],
    texts: KnownTexts | None,
) -> None:
    # sacrebleu and jinja2 take time to import: only a new report pays it
    from pipeline.check.checks import CHECKS
    from pipeline.report.report import RunDetails, report
    from pipeline.score.expected_error import reliability
    from pipeline.score.score import corpus_scores

    config, expected = resources.config, resources.expectation
    rows = Rows(partial.kept_if_small())
    referenced = [row for row in rows if _has_reference(row)]
    error_map, has_glossary = expected.error_map, bool(config.translate.glossary)
    corpus = corpus_scores(
        [article for article, *_ in referenced],
        [translation for _, translation, *_ in referenced],
        [score for *_, score in referenced],
        metrics=config.score.metrics,
        bootstrap_samples=config.score.bootstrap_samples,
    )
    details = RunDetails(
        corpus=corpus,
        summary_scores=_summary_scores(resources, referenced),
        failures=failures,
        notes=manifest.notes,
        title=config.report.title,
        facts=_facts(manifest, config) | ({} if error_map else {"Expected error": expected.reason}),
        glossary=resources.glossary if has_glossary else None,
        reliability=reliability(error_map) if error_map else None,
        max_unknown_share=config.report.max_unknown_share,
        model=resources.translator.name,
        changes=changes,
        comments=comments,
        texts=texts or made,
        date=manifest.day,
        run=_run_name(config.output),
        input=[_short(name) for name in config.input.paths],
        rule=english_furniture,
        checks=[check.name for check in CHECKS if has_glossary or check.reads != "glossary"],
    )
    value = report(rows, details)
    manifest.totals, manifest.quality = asdict(value.totals), _quality(value)
    manifest.vocabulary = asdict(value.vocabulary)
    _write_formats(value, config.report.formats, partial.store.folder, texts)


def _write_formats(
    value: Report, formats: Sequence[str], folder: Path, texts: KnownTexts | None
) -> None:
    for name in formats:
        write_atomically(folder / FILES[name], _rendered(value, name))
    if texts:
        texts.write(folder)


def _known_texts(
    config: Config, rows: PartialRows, earlier: EarlierRun | None
) -> KnownTexts | None:
    """Return the texts that the report of a night may take; None for a run too large for memory."""
    if config.series is None or rows.kept_if_small() is rows:
        return None
    made_by = digest([REPORT_VERSION, pipeline.__version__])
    return known_texts(earlier.store.folder if earlier else None, made_by)


def _rendered(report: Report, name: str) -> Iterator[str]:
    """Return a report in one of the formats of `report.formats`, in parts."""
    from pipeline.report.html import html
    from pipeline.report.index import index_csv
    from pipeline.report.json import report_json
    from pipeline.report.markdown import markdown

    if name == "index":
        return index_csv(report.index)
    return {"html": html, "markdown": markdown, "json": report_json}[name](report)


def day_of(started: str) -> str:
    """Return the local day on which a run began, as 2026-11-28."""
    return datetime.fromisoformat(started).astimezone().date().isoformat()


def _run_name(output: str) -> str:
    return PurePosixPath(output.rstrip("/")).name


def _names(config: Config, manifest: Manifest, earlier: EarlierRun) -> list[tuple[str, str]]:
    """Return what the report of an earlier run states of it, and what this run's report does."""
    before = earlier.facts.config
    paths = (before.get("input") or {}).get("paths") or []
    titles = ((before.get("report") or {}).get("title"), config.report.title)
    days = earlier.facts.day or day_of(earlier.facts.started), manifest.day
    runs = _run_name(str(before.get("output", ""))), _run_name(config.output)
    inputs = [_short(str(path)) for path in paths], [_short(path) for path in config.input.paths]
    stores = (
        browser_store(title or NO_TITLE, run, names)
        for title, run, names in zip(titles, runs, inputs, strict=True)
    )
    old_store, new_store = stores
    return [
        (old_store, new_store),
        *zip(*inputs, strict=False),
        runs,
        days,
        (day_text(days[0]), day_text(days[1])),
    ]


def _short(name: str) -> str:
    """Return an input without the folders of this machine: its name if it is an absolute path."""
    path = Path(name)
    return path.name if path.is_absolute() else name


def _quality(value: Report) -> dict[str, Any]:
    """Return what the manifest says of the quality of a run; see metrics.prom."""
    return {
        "expected_error": value.expected_error,
        "summary_faithfulness": value.summary_faithfulness,
        "findings": {count.check: count.flagged for count in value.checks},
        "scores": {metric.name: round(metric.score, 4) for metric in value.details.corpus},
    }


def _has_reference(row: ArticleRow) -> bool:
    article, _, _, score = row
    return bool(
        article.reference
        or article.reference_summary
        or any(sentence.reference for sentence in score.sentences)
    )


def _summary_scores(resources: Resources, rows: Sequence[ArticleRow]) -> SummaryScores | None:
    if not any(article.reference_summary for article, *_ in rows):
        return None
    from pipeline.evaluate.metrics.summaries import summary_scores

    return summary_scores([row[0] for row in rows], [row[2] for row in rows], resources)


def _facts(manifest: Manifest, config: Config) -> dict[str, str]:
    """Return what a reader may ask of how the report was made; no clock, so it is repeatable."""
    facts = {"Yibao": pipeline.__version__}
    for stage, models in manifest.models.items():
        facts[stage.capitalize()] = "; ".join(map(_model_fact, models))
        licences = [model["licence"] or "not stated" for model in models]
        if any(model["licence"] for model in models):
            facts[f"{stage.capitalize()} licence"] = "; ".join(licences)
    if TRANSLATE.name in manifest.models and (quality := quality_line(config)):
        facts["Translation quality"] = quality
    return facts


def _model_fact(model: Mapping[str, Any]) -> str:
    how = () if model["backend"] == "none" else (model["backend"], model["precision"])
    return ", ".join([model["name"], *how, *([model["device"]] if how else [])])
