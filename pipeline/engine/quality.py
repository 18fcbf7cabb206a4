"""The quality of a run whose config leaves it open, by the size of its input."""

from pipeline.config.quality import Quality, with_quality
from pipeline.config.sections import BUNDLED_MODEL, Config, TranslateSection
from pipeline.errors import ConfigError
from pipeline.input.files import STDIN
from pipeline.input.find import input_files

MOST_BYTES = 60_000
"""Input that is translated with the best quality: some 600 sentences, half a minute on a CPU."""


def settle_quality(config: Config) -> Config:
    """Return the config with `translate.quality: auto` replaced by the word that it stands for.

    The files of the input are looked at, not read; input of unknown size (standard input, a
    dataset) counts as large. A word that the config names stays.
    """
    section = config.translate
    if section.quality != "auto":
        return config
    word: Quality = "best" if _is_open(section) and _is_small(config) else "balanced"
    return config.model_copy(update={"translate": with_quality(section, word)})


def _is_open(section: TranslateSection) -> bool:
    """True for the bundled model, unless the config says how it searches or chooses."""
    is_bundled = getattr(section.model, "path", "") == BUNDLED_MODEL
    is_set = "beams" in section.model.model_fields_set or section.choose.model_fields_set
    return is_bundled and not is_set


def _is_small(config: Config) -> bool:
    section = config.input
    if section.format == "dataset" or STDIN in section.paths:
        return False
    try:
        files, _ = input_files(section.paths, section.format, section.bases)
        return sum(file.path.stat().st_size for file in files) <= MOST_BYTES
    except (ConfigError, OSError):  # the run says so when it reads them
        return False


def quality_line(config: Config) -> str:
    """Return the quality of a config in words, for the plan and the report."""
    section = config.translate
    if section.model.kind != "seq2seq":
        return ""
    beams = section.model.beams
    how = "greedy search" if beams == 1 else f"beam of {beams}"
    if section.choose.by != "first":
        how = f"{section.choose.by} of {section.choose.of} translations"
    return f"{section.quality} ({how})"
