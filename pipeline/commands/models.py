"""`pipeline models`: list, show, check, fetch."""

import click

from models.catalogue import bundled_models, check, describe, fetch


@click.group()
def models() -> None:
    """List, show, fetch or check models."""


@models.command("list")
def models_list() -> None:
    """List the models that ship with Yibao.

    \b
    Example usage:
        pipeline models list
    """
    for model in bundled_models():
        languages = "→".join(model.languages)
        size = f"{model.size_bytes / 1e6:.0f} MB"
        click.echo(f"{model.path}\t{languages}\t{size}\t{model.licence}\t{model.architecture}")


@models.command("show")
@click.argument("name")
@click.option("--revision", help="The commit of a hub id that has been fetched.")
def models_show(name: str, revision: str | None) -> None:
    """Show what is known of a model, with its card.

    \b
    Example usage:
        pipeline models show bundled:zh-en
    """
    model = describe(name, revision=revision)
    click.echo(f"path          {model.path}")
    click.echo(f"folder        {model.folder}")
    click.echo(f"architecture  {model.architecture}")
    click.echo(f"languages     {', '.join(model.languages) or 'not stated'}")
    click.echo(f"licence       {model.licence or 'not stated'}")
    click.echo(f"size          {model.size_bytes / 1e6:.1f} MB")
    click.echo(f"identity      {model.identity}")
    if model.card:
        click.echo(f"\n{model.card}", nl=False)


@models.command("check")
@click.argument("name")
@click.option("--revision", help="The commit of a hub id that has been fetched.")
def models_check(name: str, revision: str | None) -> None:
    """Check a model's files and its canary sentences.

    \b
    Example usage:
        pipeline models check bundled:zh-en
    """
    for line in check(name, revision=revision):
        click.echo(line)


@models.command("fetch")
@click.argument("name")
@click.option("--revision", required=True, help="The 40-digit commit to fetch.")
def models_fetch(name: str, revision: str) -> None:
    """Fetch a hub model, for runs with `offline: true`.

    \b
    Example usage:
        pipeline models fetch Helsinki-NLP/opus-mt-zh-en \\
            --revision badebd2bdd4cdfde141a969df82a0f2c4e3b1dfe
    """
    click.echo(fetch(name, revision))
