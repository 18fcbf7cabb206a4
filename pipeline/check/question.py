"""Find a question that became a statement, or a statement that became a question."""

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.records import Finding, Span

# A name whose middle dot an encoding lost (德?鲁蒂斯) asks nothing.
_QUESTION_MARK = lazy(
    rf"？|(?<![{HAN}])[?]|[?](?![{HAN}])|[吗呢么谁哪何多少几怎吧啊][?]|(?:什么|怎么|为何|如何|哪里|谁)[^，。]{{0,100}}[?]"
)
_ASKING = lazy(r"[？?]|[吗呢么][”’」』]?[。.]?$")


def question(source: str, translation: str) -> list[Finding]:
    """Find a question that became a statement, or the other way round."""
    asks = _QUESTION_MARK.search(source)
    asked = "?" in translation or "？" in translation
    if asks and not asked:
        message = "the source asks a question, the translation does not"
        return [Finding("question", "warning", message, Span(*asks.span()))]
    if asked and not _ASKING.search(source):
        at = max(translation.rfind("?"), translation.rfind("？"))
        message = "the translation asks a question, the source does not"
        return [Finding("question", "warning", message, None, Span(at, at + 1))]
    return []
