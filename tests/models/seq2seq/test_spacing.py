"""Spaces beside the marks of English: only they go, and only where they are one too many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.seq2seq.spacing import spaced

TEXTS = [
    ('insisting on use of " heart" services', 'insisting on use of "heart" services'),
    (
        'Jinshan " Shetly pipe " market, " skind love".',
        'Jinshan "Shetly pipe" market, "skind love".',
    ),
    ("the “ gold ” signboard ( in 2023 ) .", "the “gold” signboard (in 2023)."),
    ("Why ? Because , he said , it is so !", "Why? Because, he said, it is so!"),
    ('"A" and " B", he said', '"A" and "B", he said'),
    ("see [ 3 ] ; and ( a [ b ] )", "see [3]; and (a [b])"),
    # what must stay
    ("It is good.", "It is good."),
    ("They won 3 : 2 with .NET and a score of .5", "They won 3 : 2 with .NET and a score of .5"),
    ('pipes of 12" and 14" width', 'pipes of 12" and 14" width'),
    ('The First" is " a "gold link', 'The First" is " a "gold link'),
    ('one " too many', 'one " too many'),
    ('" " and ( ) and [ ]', '" " and ( ) and [ ]'),
    ("it is fun :) or :-(", "it is fun :) or :-("),
    ("the dogs’ den and ’tis", "the dogs’ den and ’tis"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "wanted"), TEXTS)
def test_a_space_that_english_has_not_is_taken_out(text: str, wanted: str) -> None:
    assert spaced(text) == wanted


TEXT = st.text(alphabet='ab5 .,:;!?"“”()[]', max_size=24)


@given(TEXT)
def test_nothing_but_spaces_goes_and_no_words_are_joined(text: str) -> None:
    once = spaced(text)
    assert once.replace(" ", "") == text.replace(" ", "")
    assert "".join(each if each.isalnum() else " " for each in once).split() == (
        "".join(each if each.isalnum() else " " for each in text).split()
    )


@given(TEXT)
def test_what_is_tidy_stays_as_it_is(text: str) -> None:
    assert spaced(spaced(text)) == spaced(text)
