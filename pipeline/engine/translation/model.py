"""The translation model of a config: its key, how it is loaded, the memory in front of it."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from models.errors import WeightsError
from models.load import load_translator
from models.prompted.specs import PromptedSpec
from models.protocols import Translator
from models.resolved import ResolvedModel
from models.specs import TranslatorSpec
from pipeline.check.checks import CHECKS_VERSION
from pipeline.config.machine import RuntimeSection
from pipeline.engine.keys import decisive, digest, spoken_name
from pipeline.engine.licences import refuse_licences
from pipeline.engine.plan import TRANSLATE, Tools
from pipeline.engine.resources import Resources
from pipeline.engine.translation.choice import Choosing, prepare_choosing
from pipeline.engine.translation.older_keys import older_memory_keys
from pipeline.engine.translation.windows import remembered_chars
from pipeline.errors import ConfigError, ModelError
from pipeline.memory.memory import RememberingTranslator

# Bump this when the repair ladder changes; the checks have a version of their own.
REPAIR_VERSION = 13


@dataclass(frozen=True, slots=True)
class FoundTranslator:
    """A translation model that was found, and how one of its answers is chosen."""

    spec: TranslatorSpec
    resolved: ResolvedModel
    runtime: RuntimeSection
    choosing: Choosing | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What decides a sentence's translation."""
        own = decisive(self.spec, self.resolved)
        return own | {"choose": self.choosing.settings} if self.choosing else own

    def load(self, loading: "Future[Translator] | None" = None) -> Translator:
        """Load the model, or wait for it if a thread does so. Raises WeightsError if that fails."""
        loaded = loading.result() if loading else self._load()
        return self.choosing.wrap(loaded) if self.choosing else loaded

    def _load(self) -> Translator:
        return load_translator(self.spec, self.resolved, self.runtime.machine)

    def begin_loading(self) -> "Future[Translator] | None":
        """Load the model in a thread if its library lets other threads run and it is soon done.

        That is CTranslate2 on a CPU. None for other models.
        """
        if (self.resolved.backend, self.resolved.device.kind) != ("ctranslate2", "cpu"):
            return None
        thread = ThreadPoolExecutor(1)
        loading = thread.submit(self._load)
        thread.shutdown(wait=False)
        return loading

    def remember(
        self, translator: Translator, tools: Tools, *, is_retry: bool
    ) -> RememberingTranslator:
        """Put the memory in front of the loaded model."""
        key = digest(self.settings)
        if tools.memory:
            tools.memory.take_over(older_memory_keys(self.spec, self.resolved, self.choosing), key)
            tools.memory.name(key, spoken_name(self.spec, self.resolved))
        return RememberingTranslator(
            translator,
            memory=tools.memory,
            model=key,
            window_chars=remembered_chars(
                self.runtime,
                self.resolved,
                is_retry=is_retry,
                choices=self.choosing.section.of if self.choosing else 1,
            ),
            reuse=tools.reuse,
        )


def find_fallback(resources: Resources) -> FoundTranslator | None:
    """Return the model of `translate.repair.fallback`; None if no sentence can need it."""
    spec, resolved = resources.config.translate.repair.fallback, resources.fallback
    if spec is None or resolved is None:
        return None
    return FoundTranslator(spec, resolved, resources.config.runtime)


def find_choosing(resources: Resources) -> Choosing | None:
    """Return how one of several answers is chosen; None if the first one is taken.

    Raises ConfigError if the prompt shows context, which no choice is made in.
    """
    config = resources.config
    model = config.translate.model
    choosing = prepare_choosing(
        config.translate.choose,
        config.runtime,
        resources.translator,
        resources.glossary,
        [REPAIR_VERSION, CHECKS_VERSION, digest(resources.terms)],
    )
    if choosing is not None and isinstance(model, PromptedSpec) and model.context_sentences:
        raise ConfigError(
            "translate.choose: several translations per sentence need a prompt without context; "
            "set translate.model.context_sentences: 0, or translate.choose.by: first"
        )
    return choosing


def begin_loading(resources: Resources) -> None:
    """Let a thread load the model of `translate.model`, while documents are read and segmented."""
    config = resources.config
    found = FoundTranslator(config.translate.model, resources.translator, config.runtime)
    resources.loading = found.begin_loading()


def load_first_translator(resources: Resources) -> Translator:
    """Load the model of `translate.model`, without memory. Raises ModelError if that fails."""
    config = resources.config
    try:
        refuse_licences(TRANSLATE.name, [resources.translator], config.licences)
        return FoundTranslator(config.translate.model, resources.translator, config.runtime).load()
    except WeightsError as error:
        raise ModelError(str(error)) from None
