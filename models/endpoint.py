"""Any OpenAI-compatible server as an Answerer: vLLM, llama.cpp, Ollama, `transformers serve`.

prompts ─▶ a few threads ─▶ one request a prompt, again where it may help ─▶ answers in order

What is finished is kept by the translation memory, sentence by sentence: it is the cache of
requests, and nothing is asked twice.
"""

import email.utils
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import openai
from openai.types import Completion
from openai.types.chat import ChatCompletion

from models.errors import WeightsError
from models.marks import CONTROL_LOOKS, harmless
from models.progress import answered
from models.prompted import EndpointSpec
from models.prompting import Answer
from models.prompts import Template, Turn, structured
from models.protocols import Search
from models.server import api_key, find_served, is_local

# The first wait before a request is made again; each one after that is twice as long.
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
# A server that asks for more patience than this (Retry-After) is not waited for.
MOST_PATIENCE_SECONDS = 300.0
# How warm a greedy model is asked for other translations than its first.
OTHER_TEMPERATURE = 0.7

_AGAIN = frozenset({408, 409, 425, 429})
_HOPELESS = frozenset({401, 403, 404})


@dataclass(frozen=True, slots=True)
class EndpointAnswerer:
    """An Answerer over a server. `pause` waits for so many seconds."""

    client: openai.OpenAI
    spec: EndpointSpec
    template: Template
    pause: Callable[[float], None] = time.sleep

    def fits(self, prompt: Sequence[Turn]) -> bool:
        """Tell whether the prompt is short enough; how many tokens it has the server knows."""
        return sum(len(turn.text) for turn in prompt) <= self.spec.max_source_chars

    def answer(self, prompts: Sequence[Sequence[Turn]], search: Search) -> list[list[Answer]]:
        """Answer each prompt, the best answer first; same length and order.

        Several answers are several requests: the first as ever, the others drawn with seeds of
        their own. Raises ServerError where the server answers nothing any more.
        """
        choices = self._choices(search)
        jobs = [(prompt, choice) for prompt in prompts for choice in choices]
        threads = ThreadPoolExecutor(max_workers=self.spec.concurrency)
        answers: list[Answer] = []
        try:
            for answer in threads.map(lambda job: self._asked(*job), jobs):
                answers.append(answer)
                if len(answers) % len(choices) == 0:
                    answered(1)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
        threads.shutdown()
        each = len(choices)
        return [
            _without_failed(answers[first : first + each]) for first in range(0, len(answers), each)
        ]

    def _choices(self, search: Search) -> list[dict[str, Any]]:
        """Give how the token is chosen in each of the requests for one prompt."""
        own = self.spec.sampling
        if search.sampling is not None:
            return [
                {"temperature": search.sampling.temperature, "seed": search.sampling.seed + number}
                for number in range(search.count)
            ]
        first = {"temperature": own.temperature, "top_p": own.top_p, "seed": own.seed}
        others = [
            {"temperature": own.temperature or OTHER_TEMPERATURE, "seed": own.seed + number}
            for number in range(1, search.count)
        ]
        return [first, *others]

    def _asked(self, prompt: Sequence[Turn], choice: dict[str, Any]) -> Answer:
        """Ask once, and again where that may help."""
        problem = ""
        for attempt in range(self.spec.retries + 1):
            try:
                return self._request(prompt, choice)
            except openai.APIStatusError as error:
                problem = _problem(error)
                if error.status_code in _HOPELESS:
                    raise WeightsError(
                        f"{self.spec.base_url}: {problem}; check base_url, model and "
                        "api_key_variable"
                    ) from error
                if error.status_code not in _AGAIN and error.status_code < 500:
                    return Answer("", None, failure=problem)
                wait = _retry_after(error.response.headers.get("retry-after"), time.time())
                if wait is not None and wait > MOST_PATIENCE_SECONDS:
                    return Answer("", None, failure=f"{problem}; to be asked in {wait:.0f} s")
            except openai.APITimeoutError:
                problem, wait = f"no answer within {self.spec.timeout_seconds:g} s", None
            except openai.APIConnectionError as error:
                problem, wait = f"the connection failed ({error.__cause__ or error})", None
            except (openai.APIError, ValueError) as error:
                problem, wait = f"the answer is not readable ({type(error).__name__})", None
            if attempt < self.spec.retries:
                self.pause(_wait(attempt) if wait is None else wait)
        # One prompt may be too much for a server, and the next not; but is it still there?
        find_served(self.spec)
        return Answer("", None, failure=f"{problem}, {self.spec.retries + 1} times")

    def _request(self, prompt: Sequence[Turn], choice: dict[str, Any]) -> Answer:
        extra = dict(self.spec.extra)
        settings: dict[str, Any] = {"model": self.spec.model, **choice, "extra_body": extra}
        if "max_completion_tokens" not in extra:
            settings["max_tokens"] = self.spec.max_target_tokens
        if not self.template.chat:
            # The server puts its own start before a plain prompt.
            text = "\n\n".join(_written(turn) for turn in prompt)
            if self.spec.logprobs:
                settings["logprobs"] = 1
            return _plain_answer(self.client.completions.create(prompt=text, **settings))
        messages: Any = [
            {"role": turn.role, "content": self._content(_written(turn))} for turn in prompt
        ]
        if self.spec.logprobs:
            settings["logprobs"] = True
        return _chat_answer(self.client.chat.completions.create(messages=messages, **settings))

    def _content(self, text: str) -> Any:
        return structured(text) if self.template.structured else text


def load_answerer(spec: EndpointSpec) -> EndpointAnswerer:
    """Make the client of a server. Its own retries are off: ours tell apart what may help."""
    client = openai.OpenAI(
        base_url=spec.base_url,
        api_key=api_key(spec),
        timeout=spec.timeout_seconds,
        max_retries=0,
        http_client=openai.DefaultHttpxClient(trust_env=not is_local(spec.base_url)),
    )
    return EndpointAnswerer(client, spec, spec.template)


def _written(turn: Turn) -> str:
    return "".join(
        piece.text if piece.trusted else harmless(piece.text, CONTROL_LOOKS)
        for piece in turn.pieces
    )


def _chat_answer(completion: ChatCompletion) -> Answer:
    """Read an answer; ValueError where it is none."""
    if not isinstance(completion, ChatCompletion) or not completion.choices:
        raise ValueError("no choices")
    choice = completion.choices[0]
    refusal = getattr(choice.message, "refusal", None)
    told = choice.logprobs.content if choice.logprobs else None
    return Answer(
        text=refusal or choice.message.content or "",
        log_probability=_mean([token.logprob for token in told or ()]),
        finished=choice.finish_reason != "length",
        refused=bool(refusal) or choice.finish_reason == "content_filter",
    )


def _plain_answer(completion: Completion) -> Answer:
    """Read the answer to a plain prompt; ValueError where it is none."""
    if not isinstance(completion, Completion) or not completion.choices:
        raise ValueError("no choices")
    choice = completion.choices[0]
    told = choice.logprobs.token_logprobs if choice.logprobs else None
    return Answer(
        text=choice.text,
        log_probability=_mean([each for each in told or () if each is not None]),
        finished=choice.finish_reason != "length",
        refused=choice.finish_reason == "content_filter",
    )


def _mean(log_probabilities: Sequence[float]) -> float | None:
    if not log_probabilities:
        return None
    return sum(log_probabilities) / len(log_probabilities)


def _without_failed(answers: Sequence[Answer]) -> list[Answer]:
    """Leave out requests that failed, unless all did."""
    return [each for each in answers if not each.failure] or list(answers[:1])


def _problem(error: openai.APIStatusError) -> str:
    body = error.body
    said = body.get("message") if isinstance(body, dict) else None
    text = str(said or error.message).strip().splitlines()
    return f"HTTP {error.status_code}" + (f": {text[0][:200]}" if text else "")


def _wait(attempt: int) -> float:
    """Give seconds to wait: twice as long each time, and not at the same moment as others.

    Full jitter would sometimes not wait at all; this waits at least half.
    """
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt)
    return float(longest * random.uniform(0.5, 1.0))


def _retry_after(stated: str | None, now: float) -> float | None:
    """Read a Retry-After header, seconds or a date (RFC 9110, 10.2.3); None where there is none."""
    if not stated:
        return None
    try:
        return max(0.0, float(stated))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(stated).timestamp() - now)
    except ValueError:
        return None
