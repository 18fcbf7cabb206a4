import io

from rich.console import Console

from pipeline.records import Article, Block, Sentence, Span, TranslatedSentence, Translation
from pipeline.report.terminal import print_article, print_contents

ZH = "清末的河港每年吞吐货物十万吨，是江南第三大港，码头长三百米，仓库有四十座，铁路通到河边。"


def test_long_chinese_is_shown_to_its_end_in_a_narrow_window() -> None:
    sentence = Sentence("s1", ZH, (Span(0, len(ZH)),))
    article = Article("a", "d", "d.md", ZH, None, None, (Block("page_number", (sentence,)),))
    row = Translation("a", (TranslatedSentence("s1", "A port.", "model", 0.5),))
    for width in (80, 120):
        out = io.StringIO()
        console = Console(file=out, width=width)
        print_article(console, article, row, None, None)
        print_contents(console, [article], [row], [])
        shown = "".join(c for c in out.getvalue() if c in ZH)
        assert shown.count(ZH) == 3  # headline, sentence, list of articles
        assert "page_number" in out.getvalue()
