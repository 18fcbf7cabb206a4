"""Every key of a run's config changes something: a stage's shards, or what its row here says.

The keys come from the sections and specs; one without a row fails a test. Keys that could change
nothing in their place are refused, or their description says when they have an effect.
"""

import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from pipeline.config.file import load_config
from pipeline.config.sections import Config
from pipeline.engine.plan import STAGES
from pipeline.engine.stages import prepare
from tests.servers import ChatServer
from tests.shelf import Shelf, call, options, write_config

TRANSLATE = "translate summarize score"
"""What is made again with the translations."""

# Settings that make the ground for a row, by name; NAME in them is the place of a checkpoint.
BASES: dict[str, list[str]] = {
    "": [],
    "nllb": ["translate.model={kind: seq2seq, path: NLLB}"],
    "causal": ["translate.model={kind: causal, path: QWEN}"],
    "server": ["translate.model={kind: endpoint, base_url: SERVER, model: tiny}"],
    "fallback": ["translate.repair.fallback={kind: seq2seq, path: NLLB}"],
    "beam": ["translate.choose={by: consensus}"],
    "draws": [
        "translate.choose={by: consensus, among: draws}",
        "translate.model.backend=transformers",
    ],
    "kiwi": ["translate.choose={by: estimator, estimator: {kind: comet, path: KIWI}}"],
    "metricx": [
        "translate.choose={by: estimator, estimator: "
        "{kind: metricx, path: METRICX, version: 24, reference_free: true}}"
    ],
    "abstractive": ["summarize.model={kind: abstractive, path: MT5}"],
    "judge": [
        "summarize.judge={kind: judge, model: {kind: endpoint, base_url: SERVER, model: tiny}}"
    ],
    "summary server": ["summarize.model={kind: endpoint, base_url: SERVER, model: tiny}"],
}
MODEL = "translate.model."
ESTIMATOR = "translate.choose.estimator."
SUMMARY = "summarize.model."

Row = tuple[str, str, str]
"""The base, the setting, and the stages whose shards are made again."""

KEYS: dict[str, Row] = {
    "SegmentSection.join_broken_paragraphs": (
        "",
        "segment.join_broken_paragraphs=false",
        "segment",
    ),
    "SegmentSection.max_sentence_chars": ("", "segment.max_sentence_chars=50", "segment"),
    "SegmentSection.convert_to": ("", "segment.convert_to=simplified", "segment"),
    "TranslateSection.quality": ("", "translate.quality=fast", TRANSLATE),
    "TranslateSection.kinds": ("", "translate.kinds=[title]", TRANSLATE),
    "TranslateSection.glossary": ("", "translate.glossary=GLOSSARY", TRANSLATE),
    "RepairSection.enabled": ("", "translate.repair.enabled=false", TRANSLATE),
    "RepairSection.rungs": ("", "translate.repair.rungs=[nbest]", TRANSLATE),
    "RepairSection.least_confidence": ("", "translate.repair.least_confidence=0.1", TRANSLATE),
    "ChooseSection.by": ("", "translate.choose.by=consensus", TRANSLATE),
    "ChooseSection.of": ("beam", "translate.choose.of=3", TRANSLATE),
    "ChooseSection.checked": ("beam", "translate.choose.checked=false", TRANSLATE),
    "ChooseSection.among": ("draws", "translate.choose.among=beam", TRANSLATE),
    "ChooseSection.temperature": ("draws", "translate.choose.temperature=0.5", TRANSLATE),
    "ChooseSection.least_probability": ("draws", "translate.choose.least_probability=0", TRANSLATE),
    "ChooseSection.seed": ("draws", "translate.choose.seed=2", TRANSLATE),
    "Seq2SeqSpec.kind": ("", "translate.model={kind: causal, path: QWEN}", TRANSLATE),
    "Seq2SeqSpec.path": ("", f"{MODEL}path=NLLB", TRANSLATE),
    "Seq2SeqSpec.precision": ("", f"{MODEL}precision=float32", TRANSLATE),
    "Seq2SeqSpec.backend": ("", f"{MODEL}backend=transformers", TRANSLATE),
    "Seq2SeqSpec.beams": ("", f"{MODEL}beams=1", TRANSLATE),
    "Seq2SeqSpec.length_penalty": ("", f"{MODEL}length_penalty=0", TRANSLATE),
    "Seq2SeqSpec.no_repeat_ngram_size": ("", f"{MODEL}no_repeat_ngram_size=2", TRANSLATE),
    "Seq2SeqSpec.shortlist": ("", f"{MODEL}shortlist=off", TRANSLATE),
    "Seq2SeqSpec.max_source_tokens": ("", f"{MODEL}max_source_tokens=20", TRANSLATE),
    "Seq2SeqSpec.max_target_tokens": ("", f"{MODEL}max_target_tokens=20", TRANSLATE),
    "Seq2SeqSpec.source_language": ("nllb", f"{MODEL}source_language=zho_Hant", TRANSLATE),
    "Seq2SeqSpec.target_language": ("nllb", f"{MODEL}target_language=fra_Latn", TRANSLATE),
    "Seq2SeqSpec.prefix": ("", f"{MODEL}prefix='English: '", TRANSLATE),
    "CausalSpec.kind": ("causal", "translate.model={kind: seq2seq, path: MARIAN}", TRANSLATE),
    "CausalSpec.path": ("", "translate.model={kind: causal, path: CAUSAL}", TRANSLATE),
    "CausalSpec.precision": ("causal", f"{MODEL}precision=bfloat16", TRANSLATE),
    "CausalSpec.beams": ("causal", f"{MODEL}beams=2", TRANSLATE),
    "CausalSpec.max_source_tokens": ("causal", f"{MODEL}max_source_tokens=99", TRANSLATE),
    "CausalSpec.thinking": ("causal", f"{MODEL}thinking=true", TRANSLATE),
    "CausalSpec.preset": ("causal", f"{MODEL}preset=plain", TRANSLATE),
    "CausalSpec.system": ("causal", f"{MODEL}system=Translate.", TRANSLATE),
    "CausalSpec.prompt": ("causal", f"{MODEL}prompt='Say {{text}}'", TRANSLATE),
    "CausalSpec.prompt_in_context": (
        "causal",
        f"{MODEL}prompt_in_context='{{context}} {{text}}'",
        TRANSLATE,
    ),
    "CausalSpec.context_sentences": ("causal", f"{MODEL}context_sentences=1", TRANSLATE),
    "CausalSpec.glossary_in_prompt": ("causal", f"{MODEL}glossary_in_prompt=false", TRANSLATE),
    "CausalSpec.max_target_tokens": ("causal", f"{MODEL}max_target_tokens=20", TRANSLATE),
    "SamplingSpec.temperature": ("causal", f"{MODEL}sampling.temperature=1", TRANSLATE),
    "SamplingSpec.top_p": ("causal", f"{MODEL}sampling={{temperature: 1, top_p: 0.5}}", TRANSLATE),
    "SamplingSpec.top_k": ("causal", f"{MODEL}sampling={{temperature: 1, top_k: 5}}", TRANSLATE),
    "SamplingSpec.seed": ("causal", f"{MODEL}sampling={{temperature: 1, seed: 5}}", TRANSLATE),
    "SamplingSpec.repetition_penalty": (
        "causal",
        f"{MODEL}sampling.repetition_penalty=2",
        TRANSLATE,
    ),
    "EndpointSpec.kind": ("server", "translate.model={kind: seq2seq, path: MARIAN}", TRANSLATE),
    "EndpointSpec.served_version": ("server", f"{MODEL}served_version=b", TRANSLATE),
    "EndpointSpec.logprobs": ("server", f"{MODEL}logprobs=false", TRANSLATE),
    "EndpointSpec.extra": ("server", f"{MODEL}extra={{top_k: 5}}", TRANSLATE),
    "EndpointSpec.max_source_chars": ("server", f"{MODEL}max_source_chars=99", TRANSLATE),
    "EndpointSpec.preset": ("server", f"{MODEL}preset=plain", TRANSLATE),
    "EndpointSpec.system": ("server", f"{MODEL}system=Translate.", TRANSLATE),
    "EndpointSpec.prompt": ("server", f"{MODEL}prompt='Say {{text}}'", TRANSLATE),
    "EndpointSpec.prompt_in_context": (
        "server",
        f"{MODEL}prompt_in_context='{{context}} {{text}}'",
        TRANSLATE,
    ),
    "EndpointSpec.context_sentences": ("server", f"{MODEL}context_sentences=1", TRANSLATE),
    "EndpointSpec.glossary_in_prompt": ("server", f"{MODEL}glossary_in_prompt=false", TRANSLATE),
    "EndpointSpec.max_target_tokens": ("server", f"{MODEL}max_target_tokens=20", TRANSLATE),
    "CometSpec.kind": (
        "beam",
        "translate.choose={by: estimator, estimator: {kind: comet, path: KIWI}}",
        TRANSLATE,
    ),
    "CometSpec.path": (
        "kiwi",
        "translate.choose.estimator={kind: comet, path: XCOMET, reference_free: true}",
        TRANSLATE,
    ),
    "CometSpec.precision": ("kiwi", f"{ESTIMATOR}precision=bfloat16", TRANSLATE),
    "MetricXSpec.kind": ("kiwi", BASES["metricx"][0], TRANSLATE),
    "MetricXSpec.precision": ("metricx", f"{ESTIMATOR}precision=bfloat16", TRANSLATE),
    "MetricXSpec.version": ("metricx", f"{ESTIMATOR}version=23", TRANSLATE),
    "MetricXSpec.max_tokens": ("metricx", f"{ESTIMATOR}max_tokens=99", TRANSLATE),
    "SummarizeSection.strategy": ("abstractive", "summarize.strategy=direct", "summarize"),
    "EndpointSummarySpec.sentences": ("summary server", f"{SUMMARY}sentences=1", "summarize"),
    "EndpointSummarySpec.audience": ("summary server", f"{SUMMARY}audience=all", "summarize"),
    "EndpointSummarySpec.style": ("summary server", f"{SUMMARY}style=short", "summarize"),
    **{
        f"AbstractiveSpec.{name}": (
            "abstractive",
            f"{SUMMARY[:-1]}={{kind: abstractive, path: MT5, prompt: '{{{name}}}', "
            f"{name}: {value}}}",
            "summarize",
        )
        for name, value in (("sentences", 1), ("audience", "all"), ("style", "short"))
    },
    "SummarizeSection.unsupported": ("", "summarize.unsupported=drop", "summarize"),
    "LanguageJudgeSpec.kind": ("", BASES["judge"][0], "summarize"),
    "LanguageJudgeSpec.retries": ("judge", "summarize.judge.retries=1", "summarize"),
    "SummarizeSection.languages": ("", "summarize.languages=[zh]", "summarize"),
    "ExtractiveSpec.kind": ("", BASES["abstractive"][0], "summarize"),
    "ExtractiveSpec.method": ("", f"{SUMMARY}method=textrank", "summarize"),
    "ExtractiveSpec.sentences": ("", f"{SUMMARY}sentences=2", "summarize"),
    "ExtractiveSpec.compress": ("", f"{SUMMARY}compress=false", "summarize"),
    "BudgetSpec.sentences": ("", f"{SUMMARY}budget={{sentences: 2}}", "summarize"),
    "BudgetSpec.characters": ("", f"{SUMMARY}budget={{characters: 90}}", "summarize"),
    "BudgetSpec.words": ("", f"{SUMMARY}budget={{words: 90}}", "summarize"),
    "BudgetSpec.share": ("", f"{SUMMARY}budget={{share: 0.2}}", "summarize"),
    "AbstractiveSpec.kind": ("abstractive", "summarize.model={kind: extractive}", "summarize"),
    "AbstractiveSpec.path": ("abstractive", f"{SUMMARY}path=MARIAN", "summarize"),
    "AbstractiveSpec.architecture": (
        "abstractive",
        "summarize.model={kind: abstractive, architecture: causal, path: QWEN, prompt: '{text}'}",
        "summarize",
    ),
    "AbstractiveSpec.precision": ("abstractive", f"{SUMMARY}precision=bfloat16", "summarize"),
    "AbstractiveSpec.beams": ("abstractive", f"{SUMMARY}beams=1", "summarize"),
    "AbstractiveSpec.max_source_tokens": (
        "abstractive",
        f"{SUMMARY}max_source_tokens=99",
        "summarize",
    ),
    "AbstractiveSpec.max_target_tokens": (
        "abstractive",
        f"{SUMMARY}max_target_tokens=20",
        "summarize",
    ),
    "AbstractiveSpec.no_repeat_ngram_size": (
        "abstractive",
        f"{SUMMARY}no_repeat_ngram_size=0",
        "summarize",
    ),
    "AbstractiveSpec.prompt": ("abstractive", f"{SUMMARY}prompt='summarize: '", "summarize"),
    "EndpointSummarySpec.kind": (
        "summary server",
        "summarize.model={kind: extractive}",
        "summarize",
    ),
    "EndpointSummarySpec.served_version": (
        "summary server",
        f"{SUMMARY}served_version=b",
        "summarize",
    ),
    "EndpointSummarySpec.extra": ("summary server", f"{SUMMARY}extra={{top_k: 5}}", "summarize"),
    "EndpointSummarySpec.prompt": (
        "summary server",
        f"{SUMMARY}prompt='Say {{text}}'",
        "summarize",
    ),
    "EndpointSummarySpec.system": ("summary server", f"{SUMMARY}system=Write.", "summarize"),
    "EndpointSummarySpec.max_source_chars": (
        "summary server",
        f"{SUMMARY}max_source_chars=200",
        "summarize",
    ),
    "EndpointSummarySpec.max_target_tokens": (
        "summary server",
        f"{SUMMARY}max_target_tokens=20",
        "summarize",
    ),
    "ScoreSection.metrics": ("", "score.metrics=[bleu]", "score"),
    "ScoreSection.references": ("", "score.references=[REFERENCES]", "score"),
    "ScoreSection.bootstrap_samples": ("", "score.bootstrap_samples=7", "score"),
    "ConfidenceSpec.calibration": (
        "",
        "score.estimator={kind: confidence, calibration: off}",
        "score",
    ),
    "RuntimeSection.precision": ("", "runtime.precision=float32", TRANSLATE),
}

WHERE = "where or how fast; answers are the same"
REPORT = "in the report, which is written again; no shard is"
READING = "in the documents that are read"
ONLY_KIND = "the only kind there is"
ONLY_HUB = "which commit of a hub id; a local folder has none"
NO_SHARDS: dict[str, str] = {
    "Config.output": WHERE,
    **{f"InputSection.{name}": READING for name in ("paths", "format", "edition", "encoding")},
    "InputSection.max_megabytes": READING,
    **{f"DatasetSection.{name}": READING for name in ("split", "subset", "revision")},
    **{
        f"Fields.{name}": READING
        for name in ("text", "id", "title", "date", "edition", "reference", "reference_summary")
    },
    **{
        f"RuntimeSection.{name}": WHERE
        for name in (
            *("device", "batch_tokens", "threads", "offline", "memory", "cache"),
            *("executor", "address"),
        )
    },
    **{f"WorkersSection.{name}": WHERE for name in ("cpu", "gpu")},
    **{
        f"SpendingSpec.{name}": "where a run stops; see tests/models/prompted/test_limits.py"
        for name in ("tokens", "money", "price_input", "price_output")
    },
    **{
        f"BatchSpec.{name}": "how answers travel; see tests/models/prompted/test_batch.py"
        for name in ("requests", "least", "poll_seconds", "hours")
    },
    "RuntimeSection.traces": "a trace of the run; see tests/nightly/test_observed.py",
    "RuntimeSection.shard_size": "in the cuts between shards, not in their settings",
    **{
        f"{spec}.device": WHERE
        for spec in ("Seq2SeqSpec", "CausalSpec", "CometSpec", "MetricXSpec", "AbstractiveSpec")
    },
    "BertScoreSpec.device": WHERE,
    **{
        f"{spec}.trust_remote_code": "whether a checkpoint's own code may run"
        for spec in ("Seq2SeqSpec", "CausalSpec", "AbstractiveSpec", "BertScoreSpec")
    },
    **{
        f"{spec}.revision": ONLY_HUB
        for spec in ("Seq2SeqSpec", "CausalSpec", "CometSpec", "MetricXSpec", "AbstractiveSpec")
    },
    "BertScoreSpec.revision": ONLY_HUB,
    "CometSpec.encoder_revision": ONLY_HUB,
    "MetricXSpec.tokenizer_revision": ONLY_HUB,
    "CausalSpec.backend": "vllm needs a GPU; it is in the key as the backend of Seq2SeqSpec is",
    **{
        f"{spec}.{name}": WHERE
        for spec in ("EndpointSpec", "EndpointSummarySpec")
        for name in (
            *("base_url", "more_urls", "api_key_variable", "concurrency", "timeout_seconds"),
            *("retries", "requests_per_minute"),
        )
    },
    **{
        f"{spec}.model": "asks the server for another model; see tests/test_endpoint.py"
        for spec in ("EndpointSpec", "EndpointSummarySpec")
    },
    "EndpointSummarySpec.logprobs": "asks the server for less; a summary has no confidence",
    "CometSpec.reference_free": "without it a model that reads references is refused",
    "MetricXSpec.reference_free": "without it a model that reads references is refused",
    "MetricXSpec.path": "as the path of CometSpec",
    "CometSpec.encoder": "where it is; what it is, is in the identity of the metric",
    "MetricXSpec.tokenizer": "as the encoder of CometSpec",
    "ConfidenceSpec.kind": ONLY_KIND,
    "BertScoreSpec.kind": ONLY_KIND,
    **{f"BertScoreSpec.{name}": REPORT for name in ("path", "precision", "layer")},
    "ScoreSection.summary_metrics": REPORT,
    **{f"ReportSection.{name}": REPORT for name in ("formats", "title", "max_unknown_share")},
    **{f"DigestSection.{name}": "in the digest" for name in ("stories", "previous")},
    "DeliverSection.formats": "in the folder english; no shard is made again",
    **{f"LicencesSection.{name}": "refuses models before a run" for name in ("publish", "allow")},
    **{f"KeepSection.{name}": "which old runs stay" for name in ("days", "runs")},
    **{
        f"{hook}.{name}": "who hears of a run; see tests/nightly/test_hooks.py"
        for hook, names in {
            "NotifySection": ("on",),
            "CommandHook": ("run", "timeout_seconds"),
            "WebhookHook": ("url", "url_variable", "token_variable", "timeout_seconds"),
            "MailHook": (
                *("server", "port", "security", "sender", "to", "user"),
                *("password_variable", "timeout_seconds"),
            ),
        }.items()
        for name in names
    },
    **{f"GateRule.{name}": "in the exit code" for name in ("min", "max", "max_drop", "against")},
}


def leaves(section: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    """Yield the keys of a section and of all below it that hold no section themselves."""
    if section in seen:
        return
    seen.add(section)
    for name, field in section.model_fields.items():
        inner = list(sections(field.annotation))
        for each in inner:
            yield from leaves(each, seen)
        if not inner:
            yield f"{section.__name__}.{name}"


def sections(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from sections(part)


def test_every_key_has_a_row() -> None:
    found = list(leaves(Config, set()))
    assert sorted(found) == sorted([*KEYS, *NO_SHARDS])


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("effects"))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "glossary.tsv").write_text("上海\tShanghai\n", encoding="utf-8")
    (tmp_path / "pairs.tsv").write_text("zh\ten\n上海。\tShanghai.\n", encoding="utf-8")
    (tmp_path / "page.md").write_text("上海。\n", encoding="utf-8")
    values = {
        "input": {"paths": [str(tmp_path / "page.md")]},
        "output": str(tmp_path / "run"),
        "runtime": {"device": "cpu"},
        "translate": {"model": {"kind": "seq2seq", "path": "bundled:zh-en"}},
        "summarize": {"model": {"kind": "extractive"}},
    }
    return write_config(tmp_path / "config.yaml", values)


def placed(setting: str, folder: Path, shelf: Shelf, server: ChatServer) -> str:
    """Put the places of checkpoints and files into a setting."""
    places: dict[str, Callable[[], str]] = {
        "GLOSSARY": lambda: str(folder / "glossary.tsv"),
        "REFERENCES": lambda: str(folder / "pairs.tsv"),
        "SERVER": lambda: server.base_url,
        "XCOMET": lambda: shelf.path("xcomet"),
        "KIWI": lambda: shelf.path("cometkiwi"),
        "METRICX": lambda: shelf.path("metricx"),
        "ENCODER": lambda: shelf.path("encoder"),
        "MARIAN": lambda: "bundled:zh-en",
        "NLLB": lambda: shelf.path("nllb"),
        "MT5": lambda: shelf.path("mt5"),
        "QWEN": lambda: shelf.path("qwen"),
        "CAUSAL": lambda: shelf.path("causal"),
    }
    for name, place in places.items():
        if name in setting:
            setting = setting.replace(name, place())
    return setting


def made_again(config: Path, base: list[str], setting: str) -> str:
    """Return the stages whose shards a setting renames, by what they are called without inputs."""
    before, after = (load_config(config, settings) for settings in (base, [*base, setting]))
    changed = [
        stage.name
        for stage in STAGES
        if prepare(stage, before).key(["x"]) != prepare(stage, after).key(["x"])
    ]
    return " ".join(changed)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_renames_the_shards_that_it_changes(
    key: str, config: Path, shelf: Shelf, chat_server: ChatServer
) -> None:
    base, setting, stages = KEYS[key]
    ground = [placed(each, config.parent, shelf, chat_server) for each in BASES[base]]
    changed = made_again(config, ground, placed(setting, config.parent, shelf, chat_server))
    assert changed.split()[0] == stages.split()[0]
    assert set(changed.split()) <= {*stages.split(), "score"}


# base, setting
WITHOUT_EFFECT = [
    ("", "translate.quality=auto"),
    ("causal", "translate.quality=best"),
    ("beam", "translate.choose.seed=2"),
    ("beam", "translate.choose.temperature=0.5"),
    ("beam", "translate.choose.least_probability=0"),
    ("", "translate.choose.of=3"),
    ("", "translate.model.device=cpu"),
    ("", "translate.model.precision=int8"),
    ("fallback", "translate.repair.fallback.device=cpu"),
    ("kiwi", "translate.choose.estimator.device=cpu"),
    ("abstractive", "summarize.model.precision=float32"),
    ("abstractive", "summarize.model.device=cpu"),
]


@pytest.mark.parametrize(("base", "setting"), WITHOUT_EFFECT)
def test_what_changes_no_answer_renames_no_shard(
    base: str, setting: str, config: Path, shelf: Shelf, chat_server: ChatServer
) -> None:
    ground = [placed(each, config.parent, shelf, chat_server) for each in BASES[base]]
    assert not made_again(config, ground, setting)


# base, setting, exit code, what the line says
REFUSED = [
    (
        "",
        "translate.model.source_language=zh",
        1,
        "translate.model.source_language: 'zh' has no eff",
    ),
    (
        "",
        "translate.model.target_language=en",
        1,
        "translate.model.target_language: 'en' has no eff",
    ),
    ("server", "translate.model.sampling.top_k=5", 2, "'sampling.top_k' is not sent to a server"),
    ("server", "translate.model.sampling.repetition_penalty=2", 2, "is not sent to a server"),
    ("summary server", "summarize.model.sampling.top_k=5", 2, "is not sent to a server"),
    ("", "gate.cider={max: 1}", 2, "gate.cider: 'cider' is not allowed; choose 'bleu', 'chrf'"),
    ("", "gate.ter={max: 1}", 2, "gate.ter: not one of score.metrics: bleu; add it there"),
    ("", "runtime.threads=0", 2, "runtime.threads: 0 is too small; it must be at least 1"),
    (
        "",
        "summarize={languages: [zh], model: {kind: extractive}, english_model: {kind: extractive}}",
        2,
        "'english_model' has no effect without 'en' in 'languages'",
    ),
    (
        "",
        "summarize.model={kind: abstractive, path: QWEN}",
        1,
        "Qwen2ForCausalLM is decoder-only; write summarize.model.architecture: causal",
    ),
    (
        "",
        "summarize.model={kind: abstractive, architecture: causal, prompt: '{text}', path: MT5}",
        1,
        "is an encoder-decoder; write summarize.model.architecture: seq2seq",
    ),
    (
        "",
        "translate.repair.fallback={kind: seq2seq, path: QWEN}",
        1,
        "is decoder-only; write translate.repair.fallback.kind: causal",
    ),
    (
        "",
        "score.summary_bertscore={kind: bertscore, path: ENCODER, layer: 99}",
        1,
        "score.summary_bertscore: layer: 99 is more than the ",
    ),
]


@pytest.mark.parametrize(("base", "setting", "code", "line"), REFUSED)
def test_a_key_that_cannot_work_is_refused_before_a_run(
    base: str,
    setting: str,
    code: int,
    line: str,
    config: Path,
    shelf: Shelf,
    chat_server: ChatServer,
) -> None:
    settings = [*BASES[base], "score.metrics=[bleu]", setting]
    found = [placed(each, config.parent, shelf, chat_server) for each in settings]
    for command in ("plan", "run"):
        assert line in call(command, "-c", config, *options(found), ends=code)
    assert not (config.parent / "run/articles").exists()
