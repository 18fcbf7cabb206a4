"""`pipeline models`: list, show, check, fetch."""

from collections.abc import Iterator
from pathlib import Path

import click

from models.errors import WeightsError
from models.installed import (
    LocalModel,
    bundled_models,
    check,
    describe,
    fetch,
    is_fetched,
    other_fetched,
)
from models.weights.catalogue import KnownModel, find_known, known_model, known_models, snippet
from models.weights.licences import REASONS, permission


@click.group()
def models() -> None:
    """List, show, fetch or check models."""


@models.command("list")
@click.option(
    "--task",
    type=click.Choice(["translate", "summarize", "evaluate"]),
    help="List only models for this task.",
)
def models_list(task: str | None) -> None:
    """List models: bundled, fetched, and those in the catalogue.

    \b
    Example usage:
        pipeline models list
        pipeline models list --task summarize
    """
    rows = [("name", "for", "licence", "size", "here")]
    if task in (None, "translate"):
        rows += [
            (own.path, "translate", own.licence or "?", _megabytes(own.size_bytes / 1e6), "bundled")
            for own in bundled_models()
        ]
    rows += [
        (own.name, own.task, own.licence or "?", _size(own), "fetched" if is_fetched(own) else "")
        for own in known_models()
        if task in (None, own.task)
    ]
    if task is None:
        rows += [
            (own.path, "", own.licence or "?", _megabytes(own.size_bytes / 1e6), "fetched")
            for own in other_fetched()
        ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@models.command("show")
@click.argument("name")
@click.option("--revision", help="The fetched commit of a hub id.")
def models_show(name: str, revision: str | None) -> None:
    """Show the facts about a model and a config to copy.

    NAME is a name from `pipeline models list`, a folder, or the id of a fetched hub model.

    \b
    Example usage:
        pipeline models show opus-mt-zh-en
        pipeline models show bundled:zh-en
    """
    known = find_known(name)
    if known is not None:
        for line in _known_lines(known):
            click.echo(line)
        revision = revision or known.revision
        if not revision or not is_fetched(known):
            return
        click.echo()
        name = known.path
    elif _is_a_name(name):
        known_model(name)  # raises an error that suggests similar names
    for line in _local_lines(describe(name, revision=revision)):
        click.echo(line)


@models.command("check")
@click.argument("name")
@click.option("--revision", help="The fetched commit of a hub id.")
@click.option(
    "--config",
    "-c",
    "file",
    type=click.Path(path_type=Path),
    help="An evaluation config; NAME is then one of its trained_metrics.",
)
def models_check(name: str, revision: str | None, file: Path | None) -> None:
    """Check a model's files and its answer to a known sentence.

    A trained metric passes if it scores good translations above bad ones.

    \b
    Example usage:
        pipeline models check bundled:zh-en
        pipeline models check comet --config configs/evaluate.yaml
    """
    if file is not None:
        # imported here: only trained metrics need it
        from pipeline.evaluate.metrics.trained import check_metric

        for line in check_metric(name, file):
            click.echo(line)
        return
    known = find_known(name)
    if known is not None and known.task == "evaluate":
        raise WeightsError(
            f"{name}: is a trained metric; add it to trained_metrics of an evaluation config "
            f"(`pipeline models show {name}` prints the lines), then run "
            "`pipeline models check NAME --config FILE`"
        )
    if known is not None:
        name, revision = known.path, revision or known.revision
    for line in check(name, revision=revision):
        click.echo(line)


@models.command("fetch")
@click.argument("name")
@click.option(
    "--revision", help="The 40-digit commit to fetch. Default: the commit in the catalogue."
)
def models_fetch(name: str, revision: str | None) -> None:
    """Download a model, so that runs with `offline: true` find it.

    NAME is a name from `pipeline models list`, or a hub id with --revision.

    \b
    Example usage:
        pipeline models fetch opus-mt-zh-en
        pipeline models fetch Helsinki-NLP/opus-mt-zh-en \\
            --revision badebd2bdd4cdfde141a969df82a0f2c4e3b1dfe
    """
    known = find_known(name)
    if known is None and _is_a_name(name):
        known = known_model(name)
    if known is not None:
        name, revision = known.path, revision or known.revision
        if revision is None:
            raise WeightsError(
                f"{known.name}: the catalogue has no commit for {name}; choose one at "
                f"https://huggingface.co/{name}/commits and pass it with --revision"
            )
        if known.gated:
            click.echo(f"{name} is gated: accept its terms on its page and set HF_TOKEN", err=True)
    click.echo(fetch(name, revision))


def _is_a_name(name: str) -> bool:
    """True if a name can only be a name of the catalogue."""
    return "/" not in name and ":" not in name and not Path(name).exists()


def _known_lines(known: KnownModel) -> Iterator[str]:
    yield f"name          {known.name}"
    yield f"path          {known.path}"
    yield f"page          https://huggingface.co/{known.path}"
    yield f"commit        {known.revision or 'not pinned; choose one'}"
    yield f"for           {known.task} (kind {known.kind})"
    yield f"languages     {', '.join(known.languages)}"
    reason = REASONS[permission(known.licence)]
    yield f"licence       {known.licence or 'not stated'}, which {reason}"
    if known.gated:
        yield "gated         accept its terms on its page and set HF_TOKEN"
    if known.parameters:
        yield f"parameters    {known.parameters}"
    if known.download_megabytes:
        yield f"download      {_megabytes(known.download_megabytes)}"
    if known.max_source_tokens:
        yield f"reads         {known.max_source_tokens:,} tokens at most"
    yield f"runs with     {', '.join(known.backends)}"
    yield f"fetched       {'yes' if is_fetched(known) else 'no'}"
    for note in known.notes:
        yield f"note          {note}"
    for problem in known.problems:
        where = f" ({problem.where})" if problem.where else ""
        yield f"problem       {problem.what}{where}"
    yield ""
    yield from snippet(known).splitlines()


def _local_lines(model: LocalModel) -> Iterator[str]:
    yield f"path          {model.path}"
    yield f"folder        {model.folder}"
    if model.metric:
        yield f"for           evaluate (kind {model.metric}, under trained_metrics of a config)"
    yield f"architecture  {model.architecture}"
    yield f"languages     {', '.join(model.languages) or 'not stated'}"
    reason = REASONS[permission(model.licence)]
    yield f"licence       {model.licence or 'not stated'}, which {reason}"
    yield f"size          {model.size_bytes / 1e6:.1f} MB"
    yield f"identity      {model.identity}"
    if model.card:
        yield ""
        yield from model.card.splitlines()


def _size(known: KnownModel) -> str:
    if known.download_megabytes:
        return _megabytes(known.download_megabytes)
    return f"{known.parameters} parameters" if known.parameters else "?"


def _megabytes(size: float) -> str:
    return f"{size / 1000:.1f} GB" if size >= 1000 else f"{size:.0f} MB"
