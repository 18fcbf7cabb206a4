"""The section `summarize` of a config."""

from typing import Literal, Self

from pydantic import Field, model_validator

from models.specs import ExtractiveSpec, LanguageJudgeSpec, SummarizerSpec
from models.strict import Spec
from pipeline.config.digest_section import DigestSection


class SummarizeSection(Spec):
    """How articles are summarized."""

    languages: tuple[Literal["zh", "en"], ...] = Field(default=("zh", "en"), min_length=1)
    """Languages of the summaries."""
    model: SummarizerSpec = ExtractiveSpec(kind="extractive")
    """The summarizer. It writes the Chinese summaries only, if `english_model` is set."""
    english_model: SummarizerSpec | None = None
    """A separate summarizer for English. Without one, an extractive `model` uses the translations
    of the sentences it picked, and an abstractive one reads the English text."""
    strategy: Literal["auto", "summarize_then_translate", "translate_then_summarize", "direct"] = (
        "auto"
    )
    """How a model that writes makes the English summary. `summarize_then_translate`: it summarizes
    the Chinese, and the translation model translates that. `translate_then_summarize` (`auto`): it
    summarizes the translation. `direct`: it, or `english_model`, reads the Chinese and writes
    English. Has no effect without such a model."""
    unsupported: Literal["mark", "drop"] = "mark"
    """What happens to a summary sentence with a number, a name, a denial or a direction that the
    article does not have: `mark` it, or `drop` it."""
    judge: LanguageJudgeSpec | None = None
    """A language model that compares English lines of a summary with the Chinese they cite. A
    critical or major error that it quotes from a line is an unsupported claim. It does not read a
    line that quotes the translation, and a summary may leave things out."""
    digest: DigestSection = DigestSection()
    """The top stories of the run on one page."""

    @model_validator(mode="after")
    def _english_model_has_something_to_write(self) -> Self:
        if self.english_model is not None and "en" not in self.languages:
            raise ValueError("'english_model' has no effect without 'en' in 'languages'")
        return self

    @model_validator(mode="after")
    def _strategy_goes_with_the_models(self) -> Self:
        is_extractive = (self.english_model or self.model).kind == "extractive"
        if self.strategy != "auto" and is_extractive:
            raise ValueError(
                f"'strategy: {self.strategy}' needs a model that writes; an extractive one picks "
                "sentences"
            )
        if self.strategy == "summarize_then_translate" and self.english_model is not None:
            raise ValueError(
                "'english_model' has no effect with 'strategy: summarize_then_translate'"
            )
        return self

    @property
    def english_from(self) -> Literal["citations", "model", "translation", "chinese"]:
        """Where the English summaries come from."""
        match self.strategy:
            case "summarize_then_translate":
                return "translation"
            case "direct":
                return "chinese"
            case _:
                return "citations" if self.model.kind == "extractive" else "model"
