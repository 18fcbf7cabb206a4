"""Any OpenAI-compatible server as an Answerer: vLLM, llama.cpp, Ollama, `transformers serve`.

prompts ─▶ a few threads ─▶ one request a prompt, again where it may help ─▶ answers in order

Finished answers are kept by the translation memory, sentence by sentence.
"""

import email.utils
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.errors import ServerError
from models.prompted.address import HIDDEN, secrets
from models.prompted.batch import Batches
from models.prompted.completion import BadAnswerError, error_message, is_filtered, read_completion
from models.prompted.connection import ConnectionFailedError, RedirectError, Reply
from models.prompted.control_marks import CONTROL_LOOKS, harmless
from models.prompted.health import ServerHealth
from models.prompted.limits import Fleet
from models.prompted.presets import PromptPiece, Template, Turn, structured
from models.prompted.server import api_key, connect, redirected
from models.prompted.specs import EndpointSpec
from models.prompted.translator import Answer
from models.protocols import Search
from models.runtime.control import NO_CONTROL, Control

# The first wait before a request is made again; each one after that is twice as long.
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
# A server that asks for more patience than this (Retry-After) is not waited for.
MOST_PATIENCE_SECONDS = 300.0
# Temperature for alternatives from a model that is otherwise greedy.
OTHER_TEMPERATURE = 0.7
# Size limit of an answer: room for the probabilities of a token and its alternatives.
BYTES_A_TOKEN = 4096
LEAST_ANSWER_BYTES = 2**20

_AGAIN = frozenset({408, 409, 425, 429})
_HOPELESS = frozenset({401, 403, 404})
_TEST_QUESTION = (Turn("user", (PromptPiece("Hello."),)),)


class _FailedError(Exception):
    """A request without an answer.

    `wait` are the seconds that the server asks for. `lost`: the connection failed. `again`: it
    may help to ask again.
    """

    def __init__(
        self, problem: str, *, wait: float | None = None, lost: bool = False, again: bool = True
    ) -> None:
        super().__init__(problem)
        self.problem, self.wait, self.lost, self.again = problem, wait, lost, again


@dataclass(frozen=True, slots=True)
class EndpointAnswerer:
    """An Answerer over a server. `pause` waits for so many seconds, less if the server is down."""

    connection: Fleet
    spec: EndpointSpec
    template: Template
    cache: Path = Path()
    health: ServerHealth = field(default_factory=ServerHealth)
    pause: Callable[[float], object] | None = None

    @property
    def room(self) -> int:
        """The characters that a prompt may have."""
        return self.spec.max_source_chars

    def size(self, prompt: Sequence[Turn]) -> int:
        """Return the characters of a prompt: only the server counts tokens."""
        return sum(len(turn.text) for turn in prompt)

    def answer(
        self, prompts: Sequence[Sequence[Turn]], search: Search, *, control: Control = NO_CONTROL
    ) -> list[list[Answer]]:
        """Answer each prompt, the best answer first; same length and order.

        Several answers are several requests: the first is the same as ever, the others are drawn
        with seeds of their own. Raises ServerError if the server is gone, refuses the key or
        keeps failing.
        """
        choices = self._choices(search)
        jobs = [(prompt, choice) for prompt in prompts for choice in choices]
        if self.spec.batch and len(jobs) >= self.spec.batch.least:
            return self._answer_batch(jobs, len(choices), control)
        threads = ThreadPoolExecutor(max_workers=self.spec.concurrency * len(self.spec.urls))
        answers: list[Answer] = []
        try:
            for answer in threads.map(lambda job: self._asked(*job), jobs):
                answers.append(answer)
                if len(answers) % len(choices) == 0:
                    own = answers[-len(choices) :]
                    control.progress(1)
                    control.answered([len(answers) // len(choices) - 1], [_without_failed(own)])
                    control.check()
        except BaseException as error:
            if isinstance(error, ServerError) or not isinstance(error, Exception):
                self.health.end()
                self.connection.abort()
            threads.shutdown(wait=False, cancel_futures=True)
            raise
        threads.shutdown()
        count = len(choices)
        return [
            _without_failed(answers[first : first + count])
            for first in range(0, len(answers), count)
        ]

    def _answer_batch(
        self, jobs: Sequence[tuple[Sequence[Turn], dict[str, Any]]], count: int, control: Control
    ) -> list[list[Answer]]:
        """Answer all requests in a batch of the server, `count` of them for each prompt."""
        pause = self.pause or self.health.wait
        batches = Batches(self.connection, self.spec, self.cache, pause, self._path)
        answers = list(map(self._read, batches.answer([self._body(*job) for job in jobs], control)))
        grouped = [
            _without_failed(answers[first : first + count])
            for first in range(0, len(answers), count)
        ]
        control.progress(len(grouped))
        control.answered(range(len(grouped)), grouped)
        return grouped

    def _read(self, reply: Reply | None) -> Answer:
        """Return the answer in a reply that came in a batch."""
        if reply is None:
            return Answer("", None, failure="the batch ended without an answer")
        try:
            return self._refused(reply) if reply.status >= 400 else read_completion(reply)
        except BadAnswerError as error:
            return Answer("", None, failure=f"the answer is not readable ({error})")
        except _FailedError as error:
            return Answer("", None, failure=error.problem)

    @property
    def _path(self) -> str:
        return "/chat/completions" if self.template.chat else "/completions"

    def _choices(self, search: Search) -> list[dict[str, Any]]:
        """Return how the token is chosen in each of the requests for one prompt."""
        own = self.spec.sampling
        if search.sampling is not None:
            temperature, seed = search.sampling.temperature, search.sampling.seed
            numbers = range(search.count)
        else:
            temperature, seed = own.temperature or OTHER_TEMPERATURE, own.seed
            numbers = range(1, search.count)
        drawn = [
            {"temperature": temperature, "top_p": own.top_p, "seed": seed + number}
            for number in numbers
        ]
        if search.sampling is not None:
            return drawn
        return [{"temperature": own.temperature, "top_p": own.top_p, "seed": own.seed}, *drawn]

    def _asked(self, prompt: Sequence[Turn], choice: dict[str, Any]) -> Answer:
        """Ask, and let the other threads know if the server is down."""
        try:
            return self._ask(prompt, choice)
        except ServerError as error:
            self.health.end(error)
            raise

    def _ask(self, prompt: Sequence[Turn], choice: dict[str, Any]) -> Answer:
        """Ask once, and again where that may help."""
        problem, lost = "", False
        for attempt in range(self.spec.retries + 1):
            self.health.check()
            try:
                answer = self._request(prompt, choice)
            except _FailedError as error:
                problem, lost, wait = error.problem, error.lost, error.wait
                if not error.again:
                    break
            else:
                self.health.succeed()
                return answer
            if attempt < self.spec.retries:
                (self.pause or self.health.wait)(backoff_seconds(attempt) if wait is None else wait)
        else:
            times = self.spec.retries + 1
            problem += f", {times} times" if times > 1 else ""
        self.health.fail(f"{self.spec.base_url}: the server", problem, self._test, at_once=lost)
        return Answer("", None, failure=problem)

    def _test(self) -> bool:
        """True if the server answers a short question."""
        try:
            self._request(_TEST_QUESTION, self._choices(Search(count=1))[0])
        except _FailedError:
            return False
        return True

    def _request(self, prompt: Sequence[Turn], choice: dict[str, Any]) -> Answer:
        """Ask once. Raises _FailedError without an answer, ServerError if none will ever come."""
        spec = self.spec
        most_bytes = LEAST_ANSWER_BYTES + BYTES_A_TOKEN * spec.max_target_tokens
        try:
            reply = self.connection.send(
                self._path,
                self._body(prompt, choice),
                seconds=spec.timeout_seconds,
                most_bytes=most_bytes,
            )
        except RedirectError as error:
            raise redirected(spec, error) from None
        except ConnectionFailedError as error:
            raise _FailedError(self._shown(str(error)), lost=True) from None
        if reply.status >= 400:
            return self._refused(reply)
        try:
            return read_completion(reply)
        except BadAnswerError as error:
            raise _FailedError(f"the answer is not readable ({error})") from None

    def _refused(self, reply: Reply) -> Answer:
        """Tell apart what a status of 400 and more means."""
        if is_filtered(reply):
            return Answer("", None, finished=False, refused=True)
        message = self._shown(error_message(reply))
        problem = f"HTTP {reply.status}" + (f": {message}" if message else "")
        if reply.status in _HOPELESS:
            raise ServerError(
                f"{self.spec.base_url}: {problem}; check base_url, model and api_key_variable"
            )
        if reply.status not in _AGAIN and reply.status < 500:
            raise _FailedError(problem, again=False)
        wait = retry_after_seconds(reply.retry_after, time.time())
        if wait is not None and wait > MOST_PATIENCE_SECONDS:
            raise _FailedError(f"{problem}; to be asked in {wait:.0f} s", again=False)
        raise _FailedError(problem, wait=wait)

    def _body(self, prompt: Sequence[Turn], choice: dict[str, Any]) -> Mapping[str, Any]:
        body: dict[str, Any] = {"model": self.spec.model, **choice}
        if "max_completion_tokens" not in self.spec.extra:
            body["max_tokens"] = self.spec.max_target_tokens
        if self.template.chat:
            body["messages"] = [
                {"role": turn.role, "content": self._content(_written(turn))} for turn in prompt
            ]
            if self.spec.logprobs:
                body["logprobs"] = True
        else:
            # The server puts its own start token before a plain prompt.
            body["prompt"] = "\n\n".join(_written(turn) for turn in prompt)
            if self.spec.logprobs:
                body["logprobs"] = 1
        return body | self.spec.extra

    def _content(self, text: str) -> Any:
        return structured(text) if self.template.structured else text

    def _shown(self, text: str) -> str:
        """Return a message without the secrets that a server may repeat in it."""
        for secret in (api_key(self.spec), *secrets(self.spec.extra)):
            if len(secret) > 3 and secret != "none":
                text = text.replace(secret, HIDDEN)
        return text


def load_answerer(spec: EndpointSpec, cache: Path) -> EndpointAnswerer:
    """Return the answerer of a server. Raises WeightsError if its key is not set."""
    return EndpointAnswerer(connect(spec), spec, spec.template, cache)


def _written(turn: Turn) -> str:
    return "".join(
        piece.text if piece.trusted else harmless(piece.text, CONTROL_LOOKS)
        for piece in turn.pieces
    )


def _without_failed(answers: Sequence[Answer]) -> list[Answer]:
    """Leave out requests that failed, unless all did."""
    return [answer for answer in answers if not answer.failure] or list(answers[:1])


def backoff_seconds(attempt: int) -> float:
    """Return seconds to wait: twice as long each time, and not at the same moment as others.

    Full jitter would sometimes not wait at all; this waits at least half.
    """
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt)
    return float(longest * random.uniform(0.5, 1.0))


def retry_after_seconds(stated: str | None, now: float) -> float | None:
    """Read a Retry-After header, seconds or a date (RFC 9110, 10.2.3); None without one."""
    if not stated:
        return None
    try:
        return max(0.0, float(stated))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(stated).timestamp() - now)
    except (ValueError, OverflowError):
        return None
