"""Terms are found as one long regular expression finds them, however many there are."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.glossary import Term, make_glossary, parse_glossary

TERMS = st.sets(st.text("一二三", min_size=1, max_size=4), max_size=8)


@given(TERMS, st.text("一二三四", max_size=30))
def test_the_longest_term_is_found_at_each_place(terms: set[str], text: str) -> None:
    longest = sorted(terms, key=len, reverse=True)
    expected = re.finditer("|".join(longest) or r"(?!)", text)
    glossary = make_glossary(tuple(Term(zh, ("x",)) for zh in terms))
    found = [(span.start, span.end, term.zh) for span, term in glossary.matches(text)]
    assert found == [(*match.span(), match[0]) for match in expected]


def test_a_glossary_of_a_hundred_thousand_terms_is_read_and_searched() -> None:
    names = [f"国{number}号" for number in range(100_000)]
    glossary = parse_glossary("".join(f"{name}\tNo. {name[1:-1]}\n" for name in names))
    text = "国" * 10_000 + "国99999号" + "国7" * 10_000
    assert [term.english for _, term in glossary.matches(text)] == [("No. 99999",)]
