"""Batches cover everything once, within budget, and results come back in the order asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.runtime.batching import answer_once, batches, run_or_halve

SIZES = st.lists(st.integers(min_value=0, max_value=300), max_size=60)
BUDGETS = st.integers(min_value=1, max_value=1000)


@given(SIZES, BUDGETS)
def test_every_item_is_in_exactly_one_batch(sizes: list[int], budget: int) -> None:
    flat = [index for batch in batches(sizes, budget) for index in batch]
    assert sorted(flat) == list(range(len(sizes)))


@given(SIZES, BUDGETS)
def test_no_batch_is_over_budget_unless_one_item_alone_is(sizes: list[int], budget: int) -> None:
    for batch in batches(sizes, budget):
        padded = max(sizes[index] for index in batch) * len(batch)
        assert padded <= budget or len(batch) == 1


@given(SIZES, BUDGETS)
def test_a_batch_is_closed_only_when_the_next_item_does_not_fit(
    sizes: list[int], budget: int
) -> None:
    made = batches(sizes, budget)
    for batch in made[:-1]:
        assert sizes[batch[0]] * (len(batch) + 1) > budget


@given(SIZES, BUDGETS)
def test_the_longest_come_first_and_ties_keep_their_order(sizes: list[int], budget: int) -> None:
    flat = [index for batch in batches(sizes, budget) for index in batch]
    assert flat == sorted(range(len(sizes)), key=lambda index: (-sizes[index], index))


@given(st.lists(st.sampled_from(["北京", "上海", "", "广州"]), max_size=30))
def test_answers_have_the_order_asked_and_each_text_is_asked_once(texts: list[str]) -> None:
    asked: list[str] = []

    def answer(distinct: list[str]) -> list[str]:
        asked.extend(distinct)
        return [text[::-1] for text in distinct]

    assert answer_once(texts, answer) == [text[::-1] for text in texts]
    assert asked == list(dict.fromkeys(texts))


def test_nothing_asked_is_nothing_answered() -> None:
    def answer(distinct: list[str]) -> list[str]:
        raise AssertionError("must not be called")

    assert answer_once([], answer) == []


def test_an_answer_of_the_wrong_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        answer_once(["a", "b"], lambda distinct: distinct[:1])


@given(st.integers(min_value=1, max_value=40), st.integers(min_value=1, max_value=40))
def test_a_batch_that_does_not_fit_is_halved_until_it_does(count: int, room: int) -> None:
    sizes_run: list[int] = []

    def run(batch: object) -> list[int]:
        indices = list(batch)  # type: ignore[call-overload]
        if len(indices) > room:
            raise MemoryError
        sizes_run.append(len(indices))
        return [index * index for index in indices]

    found = dict(run_or_halve(range(count), run))
    assert found == {index: index * index for index in range(count)}
    assert max(sizes_run) <= room


def test_a_single_item_that_does_not_fit_says_so() -> None:
    def run(batch: object) -> list[int]:
        raise MemoryError("full")

    with pytest.raises(MemoryError, match="full"):
        list(run_or_halve([0, 1], run))


def test_torch_out_of_memory_on_a_cpu_is_a_memory_error() -> None:
    import torch

    from models.seq2seq.transformers import memory_error_when_full

    with pytest.raises(MemoryError, match="allocate"), memory_error_when_full():
        torch.empty(10**15)
    with pytest.raises(MemoryError), memory_error_when_full():
        raise RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes.")
    with pytest.raises(RuntimeError, match="shapes differ"), memory_error_when_full():
        raise RuntimeError("shapes differ")
