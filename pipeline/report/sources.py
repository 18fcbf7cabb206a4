"""Input files in the terminal: characters read, set aside and lost, and what was set aside."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from pipeline.input.accounts.account import Account
from pipeline.input.places import places_text
from pipeline.language.plural import plural
from pipeline.records import Article, Translation
from pipeline.report.visible_text import VisibleText


def print_sources(
    console: Console,
    accounts: Sequence[Account],
    articles: Sequence[Article],
    translations: Sequence[Translation],
) -> None:
    """Print the accounts of the files that the articles are from, and what stayed in Chinese."""
    sources = {page.source for article in articles for page in article.pages}
    sources |= {article.source for article in articles}
    for account in accounts:
        if any(name == account.source or _is_part(name, account.source) for name in sources):
            _print_account(console, account)
    left = list(_left_in_chinese(articles, translations))
    if left:
        console.print(VisibleText("Read, but left in Chinese", style="bold"))
        for kind, place, text in left:
            console.print(VisibleText.assemble("  ", (kind, "cyan"), f"  {place}  {text}"))


def _is_part(name: str, source: str) -> bool:
    """True if a name is a row or a chapter of a source: `news.csv:12`."""
    return name.startswith(f"{source}:") and name[len(source) + 1 :].isdecimal()


def _print_account(console: Console, account: Account) -> None:
    console.print(VisibleText(account.source, style="bold"))
    console.print(
        VisibleText(
            f"  {plural(account.chars, 'character')}: {account.read:,} read, "
            f"{account.set_aside:,} set aside, {account.lost:,} lost",
            style="red" if account.lost else "",
        )
    )
    for part in account.left_out:
        reason = (part.why, "cyan") if part.why else ("lost", "bold red")
        chars = plural(part.chars, "character")
        where = f"  {part.where}, {chars}: "
        console.print(VisibleText.assemble("  ", reason, where, part.text))


def _left_in_chinese(
    articles: Sequence[Article], translations: Sequence[Translation]
) -> Iterator[tuple[str, str, str]]:
    """Yield kind, place and text of each line that has no English."""
    untranslated = {
        (translation.article_id, sentence.id)
        for translation in translations
        for sentence in translation.sentences
        if sentence.origin == "none"
    }
    for article in articles:
        for block in article.blocks:
            for sentence in block.sentences:
                if (article.id, sentence.id) in untranslated:
                    yield block.kind, places_text(article, sentence), sentence.text
