"""An editor's corrections: those of a run, and which shards they concern."""

from collections.abc import Mapping, Sequence

from pipeline.config.memory_place import beside, memory_path
from pipeline.config.sections import Config
from pipeline.engine.plan import SEGMENT, TRANSLATE, Stage
from pipeline.engine.store import Store
from pipeline.errors import StoreError
from pipeline.language.plural import plural
from pipeline.language.sentence_key import pairing_key
from pipeline.memory.schema import EDITOR
from pipeline.memory.summary import corrections_in
from pipeline.records import Article


def unused_corrections(config: Config) -> str:
    """Say that a run without a memory leaves an editor's corrections out; empty where it does not.

    They are looked for where `auto` would have the memory.
    """
    path = beside(config.output)
    if memory_path(config) is not None or not path.is_file():
        return ""
    try:
        count = len(corrections_in(path))
    except StoreError:
        # a run that does not use the file must not fail by it
        return ""
    several = plural(count, "correction")
    line = f"ignoring {several} by an editor in {path}, because runtime.memory is off"
    return line if count else ""


def known_corrections(config: Config, key: str = EDITOR) -> dict[str, str]:
    """Return the corrections, or comments, in a config's memory, which is not made for it."""
    path = memory_path(config)
    return {} if path is None else corrections_in(path, key)


def concerning(
    stage: Stage, input_keys: Sequence[str], store: Store, corrections: Mapping[str, str]
) -> dict[str, str]:
    """Return the corrections of sentences in one shard that a stage is to make.

    Only translate knows corrections; a shard whose articles are not there yet has none.
    The articles are read, which costs what a run without corrections does not pay.
    """
    if stage != TRANSLATE or not corrections or not store.exists(SEGMENT.writes, input_keys[0]):
        return {}
    return {
        key: corrections[key]
        for article in store.read(SEGMENT.writes, input_keys[0], Article)
        for sentence in article.sentences
        if (key := pairing_key(sentence.text)) in corrections
    }
