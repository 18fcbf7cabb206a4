"""The training recipe filters, learns, resumes and exports, on a little invented language."""

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
import torch
import yaml

import train_bundled_model
from pipeline.check.numbers import ledger
from training import alignment
from training.batches import BatchStream, groups
from training.carry import pack
from training.corpus import PairFilter, matching_key, normalise_source, normalise_target
from training.journal import read_journal
from training.muon import Muon
from training.numbers import exchanged, mended
from training.pairs import Pairs
from training.recipe import Filter, Recipe, RecipeError, load_recipe

ROOT = Path(__file__).resolve().parents[2]

PEOPLE = {
    "记者": "the reporter",
    "市长": "the mayor",
    "医生": "the doctor",
    "老师": "the teacher",
    "工人": "the worker",
}
DEEDS = {
    "看见": "saw",
    "帮助": "helped",
    "采访": "interviewed",
    "感谢": "thanked",
    "等待": "awaited",
}
DAYS = {"昨天": "Yesterday", "今天": "Today", "周一": "On Monday", "周五": "On Friday"}
PLACES = {
    "在上海": "in Shanghai",
    "在北京": "in Beijing",
    "在学校": "at school",
    "在医院": "in hospital",
}

FAULTS = [
    ("普通话和英语都要学。", "普通话 is the common language of China.", "language"),
    ("This is English.", "This is English.", "language"),
    ("今天下午市政府召开新闻发布会介绍了全市经济运行情况和下一步工作安排。", "Yes.", "ratio"),
    (
        "好。",
        "The city government held a press conference this afternoon on the state of the economy.",
        "ratio",
    ),
    ("去年营业额为41亿欧元。", "Turnover reached 410 million euros last year.", "number"),
    ("1997年香港回归祖国。", "Hong Kong returned to its motherland in 1979.", "year"),
    ("研究人员发现了两种物质。", "The researchers found two substances.", "protected"),
    ("研究人员,发现了 两种物质", "The scientists discovered two substances.", "protected"),
]


@pytest.mark.parametrize(("source", "target", "reason"), FAULTS)
def test_the_filter_drops_a_pair_for_the_right_reason(
    source: str, target: str, reason: str
) -> None:
    protected = frozenset(
        {matching_key("研究人员发现了两种物质。"), matching_key("A protected reference.")}
    )
    keeper = PairFilter(Filter(), protected)
    assert not keeper.keep(normalise_source(source), normalise_target(target))
    assert dict(keeper.dropped) == {reason: 1}


def test_the_filter_keeps_a_good_pair_once() -> None:
    keeper = PairFilter(Filter(), frozenset())
    pair = (
        normalise_source("记者昨天采访了市长。"),
        normalise_target("The reporter interviewed the mayor yesterday."),
    )
    assert [keeper.keep(*pair), keeper.keep(*pair)] == [True, False]
    assert dict(keeper.dropped) == {"duplicate": 1}


def test_a_number_is_exchanged_on_both_sides_and_stays_equal() -> None:
    generator = random.Random(1)
    for _ in range(300):
        made = exchanged("投资1.2亿元,增长了。", "An investment of 120 million yuan.", generator)
        assert made is not None
        assert [entry.verdict for entry in ledger(*made)] == ["kept"], made


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("投资1.2亿元。", "An investment of 12 million yuan."),
        ("1.2亿元和3万人。", "120 million yuan and 30,000 people."),
        ("共有35人和35辆车。", "There are 35 people and 35 cars."),
        ("三十五人。", "Thirty-five people."),
        ("型号是B-52。", "The model is B-52."),
    ],
)
def test_what_is_not_surely_the_same_number_is_left_alone(source: str, target: str) -> None:
    assert exchanged(source, target, random.Random(1)) is None


def test_a_year_stays_a_year_and_a_day_a_day() -> None:
    generator = random.Random(1)
    for _ in range(50):
        made = exchanged("1998年5月17日。", "17 May 1998.", generator)
        assert made is not None
        day, _, year = made[1].rstrip(".").split()
        assert 10 <= int(day) <= 28
        assert 1949 <= int(year) <= 2030
        assert made[0] == f"{year}年5月{day}日。"


@pytest.mark.parametrize(
    ("source", "target", "wanted"),
    [
        ("高达30,000光年。", "Some 30, 000 light-years.", "Some 30,000 light-years."),
        ("减少到70万人。", "Down to 700, 000 people.", "Down to 700,000 people."),
        ("项目120和130。", "Items 120, 130.", "Items 120, 130."),
    ],
)
def test_a_blank_inside_a_number_is_taken_out(source: str, target: str, wanted: str) -> None:
    assert mended(source, target) == wanted


def test_muon_of_many_matrices_moves_them_as_that_of_torch_does() -> None:
    torch.manual_seed(1)
    shapes = [(8, 12), (8, 12), (12, 8), (10, 10)]
    ours = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
    theirs = [torch.nn.Parameter(weight.detach().clone()) for weight in ours]
    torchs = torch.optim.Muon(theirs, lr=0.1, weight_decay=0.0, adjust_lr_fn="match_rms_adamw")
    optimisers = [Muon(ours, lr=0.1), torchs]
    for _ in range(5):
        for one, other in zip(ours, theirs, strict=True):
            one.grad = torch.randn_like(one)
            other.grad = one.grad.clone()
        for optimiser in optimisers:
            optimiser.step()
    for one, other in zip(ours, theirs, strict=True):
        assert torch.allclose(one, other, atol=0.02)  # both iterate in bfloat16
        assert (one - other).abs().mean() < 0.2 * 0.1 * 12**0.5 / 100


def test_a_protected_english_side_is_dropped_as_well() -> None:
    keeper = PairFilter(Filter(), frozenset({matching_key("It rained in Beijing.")}))
    assert not keeper.keep("北京下雨了。", "It rained in Beijing")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("ＡＢＣ，１２３！", "ABC,123!"),
        ("他说：「好」。", "他说:“好”。"),
        ("金山 区　发布", "金山区发布"),
    ],
)
def test_full_width_and_half_width_sources_become_one(given: str, wanted: str) -> None:
    assert normalise_source(given) == wanted


def test_a_misspelt_recipe_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("corpus: {sources: {}}\ntraining: {learning_rat: 1}\n")
    with pytest.raises(RecipeError, match=r"training\.learning_rat"):
        load_recipe(path)


def test_the_recipe_of_the_project_is_valid() -> None:
    recipe = load_recipe(ROOT / "configs" / "train" / "zh-en.yaml")
    assert not recipe.corpus.folder.is_absolute()
    assert all(not entry.file.is_absolute() for entry in recipe.corpus.protected)


def invented_pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """Sentences of a language small enough to be learned in seconds."""
    generator = random.Random(seed)
    pairs: dict[str, str] = {}
    while len(pairs) < count:
        day, place, deed = (
            generator.choice(list(words.items())) for words in (DAYS, PLACES, DEEDS)
        )
        one, other = generator.sample(list(PEOPLE.items()), 2)
        number = generator.randrange(2, 10)
        source = f"{day[0]}{one[0]}{place[0]}{deed[0]}了{number}次{other[0]}。"
        pairs[source] = f"{day[1]} {one[1]} {deed[1]} {other[1]} {number} times {place[1]}."
    return list(pairs.items())


def write_recipe(folder: Path) -> Path:
    pairs = invented_pairs(2000, seed=3)
    rows = [f"{source}\t{target}\n" for source, target in pairs]
    (folder / "invented.tsv").write_text("".join(rows), encoding="utf-8")
    (folder / "protected.txt").write_text(
        "\n".join(source for source, _ in pairs[:20]) + "\n", encoding="utf-8"
    )
    recipe = {
        "corpus": {
            "folder": str(folder),
            "sources": {"invented": {"weight": 1, "licence": "CC0", "validation": 100}},
            "protected": [{"file": str(folder / "protected.txt")}],
        },
        "vocabulary": {"pieces": 420, "sample_pairs": 1500},
        "additions": {"joined": 50},
        "alignment": {"sample_pairs": 2000},
        "network": {
            "width": 64,
            "heads": 2,
            "feed_forward": 128,
            "encoder_layers": 1,
            "decoder_layers": 1,
            "dropout": 0.01,
        },
        "training": {
            "batch_tokens": 500,
            "microbatch_tokens": 1000,
            "warmup_steps": 20,
            "average_decay": 0.98,
            "learning_rate": 0.005,
            "embedding_learning_rate": 0.005,
            "opening_tokens": 1000,
            "guided_steps": 200,
            "validation_steps": 100,
            "chrf_steps": 1000,
            "chrf_pairs": 50,
            "checkpoint_seconds": 1,
        },
        "consensus": {"sources": {"invented": 0.02}, "beams": 2, "draws": 2, "temperature": 1.0},
        "tuning": {
            "optimiser": "adamw",
            "learning_rate": 0.0001,
            "embedding_learning_rate": 0.0001,
            "batch_tokens": 200,
            "validation_steps": 2,
            "chrf_pairs": 5,
            "guided_weight": 0.0,
            "opening_tokens": 0,
        },
    }
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(recipe), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder after a training run that was killed once, a cooldown and an export."""
    work = tmp_path_factory.mktemp("training")
    place = ["--recipe", str(write_recipe(work)), "--work", str(work)]
    command = [sys.executable, str(ROOT / "scripts" / "train_bundled_model.py"), "train", *place]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while process.poll() is None and not (work / "main" / "checkpoint.pt").exists():
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    process.wait()
    for words in (
        ["train", "--steps", "200"],
        ["cooldown", "--pieces", "20000"],
        ["export", "--to", str(work / "model")],
    ):
        assert train_bundled_model.main([*words, *place]) == 0
    return work


def test_what_is_packed_goes_on_elsewhere(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe, parts, work = ["--recipe", str(trained / "recipe.yaml")], tmp_path / "parts", tmp_path
    unpack = ["unpack", *recipe, "--work", str(work / "there"), "--parts", str(parts)]
    assert train_bundled_model.main(unpack) == 2
    assert "'pack' makes them" in capsys.readouterr().err
    train_bundled_model.main(["pack", *recipe, "--work", str(trained), "--to", str(parts)])
    pack(trained / "main", parts, part_bytes=100_000)  # in many parts, over the one
    assert len(list(parts.glob("main.tar.xz.*"))) > 2
    assert train_bundled_model.main(unpack) == 0
    [data] = trained.glob("data-*")
    for name in (f"{data.name}/account.json", "main/checkpoint.pt"):
        assert (work / "there" / name).read_bytes() == (trained / name).read_bytes()


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_a_model_is_tuned_on_its_own_best_translations(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--recipe", str(trained / "recipe.yaml"), "--work", str(trained)]
    model = ["--model", str(trained / "model"), "--run", "tuned"]
    assert train_bundled_model.main(["tune", *place, *model]) == 2
    assert "run 'consensus' first" in capsys.readouterr().err
    for words in (["consensus"], ["tune", "--steps", "2"], ["export", "--to", str(trained / "t")]):
        assert train_bundled_model.main([*words, *place, *model]) == 0
    parts = list((trained / "consensus" / "parts").glob("*.jsonl"))
    rows = [json.loads(line) for part in parts for line in part.read_text("utf-8").splitlines()]
    assert len(rows) > 10
    assert all(row["translation"] in ["", *row["hypotheses"]] for row in rows)
    held = (trained / "consensus" / "validation.tsv").read_text("utf-8")
    assert not any(row["source"] in held for row in rows)
    account = json.loads((trained / "t" / "training.json").read_text("utf-8"))
    assert account["tuned_from"]["sources"]["invented"]["pairs"] == 2000
    assert account["steps"] == 2
    before, after = ((trained / name / "vocab.json").read_text() for name in ("model", "t"))
    assert before == after


def test_preparation_removes_protected_pairs_and_accounts_for_its_sources(trained: Path) -> None:
    account = json.loads((trained / "model" / "training.json").read_text(encoding="utf-8"))
    assert account["dropped"]["protected"] == 20
    assert account["sources"]["invented"]["pairs"] == 2000
    assert account["added"] == {}, "only pairs of more than common weight are joined"
    assert len(account["sources"]["invented"]["sha256"]) == 64


def test_the_lexical_gain_tells_mismatched_pairs_from_true_ones() -> None:
    generator = numpy.random.default_rng(1)
    sources = [generator.integers(0, 100, 6).astype(numpy.uint16) for _ in range(1500)]
    targets = [ids[generator.permutation(6)] for ids in sources]
    targets[:50] = [generator.integers(0, 100, 6).astype(numpy.uint16) for _ in range(50)]
    pairs = Pairs.made_from(
        sources, targets, numpy.zeros(1500, numpy.uint8), numpy.ones(1500, numpy.float32)
    )
    lines = numpy.arange(1500)
    table, _ = alignment.lexical_table(pairs, lines, (100, 100), iterations=4)
    frequency = torch.full((100,), 0.01)
    places, gains = alignment.align(pairs, lines, table, frequency)
    assert (gains[:50] < Filter().min_lexical_gain).mean() > 0.9
    assert (gains[50:] > Filter().min_lexical_gain).mean() > 0.99
    assert (places[300:] != alignment.NOWHERE).mean() > 0.8
    place = places[6 * 60]
    assert sources[60][place] == targets[60][0]


def test_a_killed_run_goes_on_and_learns_to_use_its_source(trained: Path) -> None:
    rows = read_journal(trained / "main-cooldown" / "journal.jsonl")
    steps = [row["step"] for row in rows if "loss" in row]
    assert steps == sorted(set(steps)), "steps must neither repeat nor go back after the kill"
    last = [row for row in rows if "averaged_gap" in row][-1]
    assert last["averaged_gap"] > 0.5
    assert last["chrf"] > 80
    assert (trained / "main-cooldown" / "journal.svg").stat().st_size > 1000


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_the_export_loads_as_plain_auto_classes_and_in_ctranslate2(
    trained: Path, tmp_path: Path
) -> None:
    transformers = pytest.importorskip("transformers")
    ctranslate2 = pytest.importorskip("ctranslate2")
    folder = trained / "model"
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder).float()
    ctranslate2.converters.TransformersConverter(str(folder)).convert(str(tmp_path / "converted"))
    translator = ctranslate2.Translator(
        str(tmp_path / "converted"), compute_type="float32", intra_threads=1
    )
    found = 0
    for source, target in invented_pairs(100, seed=99)[-20:]:
        encoded = tokenizer([source], return_tensors="pt")
        # Greedy: with beams the two end a search by different rules and so may keep
        # different hypotheses of the same model.
        output = model.generate(**encoded, num_beams=1, no_repeat_ngram_size=0)
        plain = tokenizer.decode(output[0], skip_special_tokens=True)
        words = tokenizer.convert_ids_to_tokens(encoded.input_ids[0])
        pieces = translator.translate_batch([words], beam_size=1)[0].hypotheses[0]
        identifiers = tokenizer.convert_tokens_to_ids(pieces)
        assert plain == tokenizer.decode(identifiers, skip_special_tokens=True)
        found += plain == target
    assert found > 10, "a converted model that knows nothing proves nothing"


def test_batches_are_the_same_from_any_position(trained: Path) -> None:
    folder = next(trained.glob("data-*"))
    pairs = Pairs.read(folder)
    settings = Recipe.model_validate({"corpus": {"sources": {}}}).training.model_copy(
        update={"batch_tokens": 300, "microbatch_tokens": 200, "opening_tokens": 500}
    )
    stream = BatchStream(pairs, settings, start=5)
    steps = iter(stream)
    for _ in range(7):
        next(steps)
    again = iter(BatchStream(pairs, settings, start=5, position=stream.position))
    for one, other in zip(next(steps), next(again), strict=True):
        assert one.sources.equal(other.sources)
        assert one.labels.equal(other.labels)


def test_no_group_mixes_source_lengths_or_exceeds_its_size(trained: Path) -> None:
    pairs = Pairs.read(next(trained.glob("data-*")))
    cut = groups(pairs, numpy.arange(len(pairs)), 300)
    assert sorted(numpy.concatenate(cut)) == list(range(len(pairs)))
    for group in cut:
        assert len(set(pairs.source_lengths[group])) == 1
        assert len(group) == 1 or len(group) * pairs.target_lengths[group].max() <= 300
