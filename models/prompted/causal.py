"""Decoder-only models: prompts to ids through the chat template, answers by transformers.

turns ─▶ rendered with stand-ins for what comes from a page ─▶ ids ─▶ Generators ─▶ Answer
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.errors import WeightsError
from models.patterns import lazy
from models.prompted.control_marks import harmless, marks_of
from models.prompted.generation import Generation, Generator
from models.prompted.presets import PromptPiece, Template, Turn, structured
from models.prompted.specs import CausalSpec
from models.prompted.translator import Answer
from models.protocols import Search
from models.runtime.control import NO_CONTROL, Control
from models.runtime.device import Device
from models.runtime.free_memory import BatchTokens, batch_budget
from models.runtime.precision import LoadedPrecision
from models.runtime.tokens import count_tokens
from models.runtime.workers import run_on_workers
from models.seq2seq.tokenizer import auto_tokenizer
from models.seq2seq.translator import Hypothesis
from models.weights.architecture import Architecture, read_architecture, read_json

# Longer prompts work, but cost memory that a sentence with its context is not worth.
MOST_SOURCE_TOKENS = 4096

# Letters that no page has and no template changes, in place of what comes from a page.
_STAND_IN = "\ue000{}\ue001"
_STAND_INS = lazy("\ue000(\\d+)\ue001")


@dataclass(frozen=True, slots=True)
class CausalAnswerer:
    """An Answerer over generators that answer alike, one a device.

    `room` are tokens that a prompt may have.
    """

    generators: tuple[Generator, ...]
    tokenizer: Any
    template: Template
    generation: Generation
    room: int
    thinking: bool
    batch_tokens: int
    marks: re.Pattern[str] | None

    def size(self, prompt: Sequence[Turn]) -> int:
        """Return the tokens of a prompt, chat template included."""
        return len(self.ids(prompt))

    def answer(
        self, prompts: Sequence[Sequence[Turn]], search: Search, *, control: Control = NO_CONTROL
    ) -> list[list[Answer]]:
        """Answer each prompt, the best answer first; same length and order."""
        generation = _searched(self.generation, search)
        asked = [self.ids(prompt) for prompt in prompts]

        def run(
            generator: Generator, batch: Sequence[int], control: Control
        ) -> list[list[Hypothesis]]:
            own = [asked[index] for index in batch]
            return generator.generate(own, generation, search.count, control)

        def answers(place: int, own: Sequence[Hypothesis]) -> list[Answer]:
            return [self._answer(hypothesis) for hypothesis in own]

        sizes = [len(ids) for ids in asked]
        following = control.for_part(range(len(asked)), answers)
        try:
            found = run_on_workers(self.generators, sizes, self.batch_tokens, run, following)
        except MemoryError as error:
            raise WeightsError(
                f"the device has no memory for a single prompt ({error}); lower "
                "the model's max_source_tokens or beams, or use a smaller precision"
            ) from error
        count_tokens(sum(sizes), sum(len(one.ids) + 1 for own in found for one in own))
        return [answers(place, own) for place, own in enumerate(found)]

    def ids(self, prompt: Sequence[Turn]) -> list[int]:
        """Return the token ids of a prompt.

        Control marks in our own words are tokens; in what comes from a page they are text.
        """
        if not self.template.chat:
            return list(self._encode(self._written(turn_pieces(prompt)), special=True))
        contents: list[str] = []
        messages = [
            {"role": turn.role, "content": self._content(turn.pieces, contents)} for turn in prompt
        ]
        rendered = str(
            self.tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True, enable_thinking=self.thinking
            )
        )
        written = _STAND_INS.sub(lambda match: contents[int(match[1])], rendered)
        return list(self._encode(written, special=False))

    def _content(self, pieces: Sequence[PromptPiece], contents: list[str]) -> Any:
        """Return a message with stand-ins for what comes from a page, which joins `contents`."""
        text = ""
        for piece in pieces:
            if piece.trusted:
                text += piece.text
                continue
            text += _STAND_IN.format(len(contents))
            contents.append(self._written((piece,)))
        return structured(text) if self.template.structured else text

    def _written(self, pieces: Sequence[PromptPiece]) -> str:
        return "".join(
            piece.text if piece.trusted else harmless(piece.text, self.marks) for piece in pieces
        )

    def _encode(self, text: str, *, special: bool) -> Sequence[int]:
        found: Sequence[int] = self.tokenizer(text, add_special_tokens=special, verbose=False)[
            "input_ids"
        ]
        return found

    def _answer(self, hypothesis: Hypothesis) -> Answer:
        text = self.tokenizer.decode(list(hypothesis.ids), skip_special_tokens=True)
        return Answer(str(text), hypothesis.log_probability, hypothesis.finished)


def turn_pieces(prompt: Sequence[Turn]) -> list[PromptPiece]:
    """Put the turns of a prompt for plain text together, an empty line between them."""
    pieces: list[PromptPiece] = []
    for turn in prompt:
        pieces += [PromptPiece("\n\n"), *turn.pieces] if pieces else turn.pieces
    return pieces


def load_answerer(
    spec: CausalSpec,
    folder: Path,
    *,
    devices: Sequence[Device],
    precision: LoadedPrecision,
    batch_tokens: BatchTokens,
    threads: int,
    needs_chat: bool = True,
) -> CausalAnswerer:
    """Load a decoder-only model, once for each device, to send it prompts as a spec says.

    Raises WeightsError if the spec has a chat prompt and the checkpoint has no chat template;
    without `needs_chat` the prompt is then sent as plain text.
    """
    tokenizer = auto_tokenizer(folder, trust_remote_code=spec.trust_remote_code)
    template = spec.template
    if not (tokenizer.chat_template or needs_chat):
        template = replace(template, chat=False)
    if template.chat and not tokenizer.chat_template:
        raise WeightsError(
            f"{folder}: has no chat template, which the prompt '{spec.preset}' needs; set "
            "translate.model.preset: plain, or use the instruction-tuned model"
        )
    room, most = prompt_room(
        spec.max_source_tokens, spec.max_target_tokens, read_architecture(folder)
    )
    budget = batch_budget(
        batch_tokens, folder, devices=devices, precision=precision, rows=spec.beams
    )
    generators = [
        _load_generator(spec, folder, tokenizer, device, precision, threads) for device in devices
    ]
    return CausalAnswerer(
        generators=tuple(generators),
        tokenizer=tokenizer,
        template=template,
        generation=Generation(
            max_target_tokens=most, beams=spec.beams, **spec.sampling.model_dump()
        ),
        room=room,
        thinking=spec.thinking,
        batch_tokens=budget,
        marks=marks_of(tokenizer),
    )


def prompt_room(
    max_source_tokens: int | None, max_target_tokens: int, architecture: Architecture
) -> tuple[int, int]:
    """Return the tokens that a prompt and its answer may have; together they fit the positions.

    An answer that would leave no room for a prompt gets half of the positions.
    """
    positions = architecture.max_tokens
    if positions is None:
        return max_source_tokens or MOST_SOURCE_TOKENS, max_target_tokens
    if max_source_tokens:
        return max_source_tokens, max(1, min(max_target_tokens, positions - max_source_tokens))
    most = max_target_tokens if max_target_tokens < positions else positions // 2
    return min(positions - most, MOST_SOURCE_TOKENS), most


def _load_generator(
    spec: CausalSpec,
    folder: Path,
    tokenizer: Any,
    device: Device,
    precision: LoadedPrecision,
    threads: int,
) -> Generator:
    from models.prompted import generate as generating

    return generating.load_generator(
        folder,
        ends=end_tokens(folder, tokenizer),
        device=device,
        precision=precision,
        threads=threads,
        trust_remote_code=spec.trust_remote_code,
    )


def end_tokens(folder: Path, tokenizer: Any) -> tuple[int, ...]:
    """Return the ids that end an answer: the checkpoint's (Qwen has two) and the tokenizer's."""
    stated: Any = None
    for name in ("config.json", "generation_config.json"):
        if (folder / name).is_file():
            stated = read_json(folder / name).get("eos_token_id", stated)
    known = stated if isinstance(stated, list) else [stated]
    ends = (*known, tokenizer.eos_token_id)
    return tuple(dict.fromkeys(int(each) for each in ends if each is not None))


def _searched(generation: Generation, search: Search) -> Generation:
    """Return the settings of a search: its own where it has some, the model's elsewhere."""
    changes: dict[str, Any] = {
        name: value
        for name in ("length_penalty", "no_repeat_ngram_size")
        if (value := getattr(search, name)) is not None
    }
    if search.sampling is not None:
        changes |= {
            "temperature": search.sampling.temperature,
            "least_probability": search.sampling.least_probability,
            "seed": search.sampling.seed,
            "top_p": 1.0,
            "top_k": 0,
        }
    # Of a sampling model several answers are several samples, no beam.
    elif not generation.temperature:
        changes["beams"] = max(search.beams or generation.beams, search.count)
    return replace(generation, **changes)
