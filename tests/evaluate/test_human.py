"""Human judgements: read in every form, a metric of their own, and agreement by its definitions."""

import csv
import json
import math
import random
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from statistics import mean

import numpy
import pytest
from sacrebleu.metrics.chrf import CHRF

from pipeline.errors import ConfigError
from pipeline.evaluate.human import agreement
from pipeline.evaluate.human.columns import human_column
from pipeline.evaluate.human.raters import krippendorff_alpha
from pipeline.evaluate.human.ratings import HumanRating, penalty, read_ratings
from tests.commandline import Answer, call
from tests.evaluations import sentences, small_set, worsened, write_files

ENGLISH = sentences(60)
SYSTEMS = {"good": 0.1, "fair": 0.4, "poor": 0.7, "bad": 0.95}


def _sign(value: float) -> int:
    return int(value > 0) - int(value < 0)


# Independent implementations, from the definitions.
def pearson(a: Sequence[float], b: Sequence[float]) -> float:
    x, y = [v - mean(a) for v in a], [v - mean(b) for v in b]
    size = math.sqrt(math.fsum(v * v for v in x) * math.fsum(v * v for v in y))
    return math.fsum(p * q for p, q in zip(x, y, strict=True)) / size if size else math.nan


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    def rank(values: Sequence[float]) -> list[float]:
        return [sum(o < v for o in values) + (sum(o == v for o in values) + 1) / 2 for v in values]

    return pearson(rank(a), rank(b))


def kendall(a: Sequence[float], b: Sequence[float]) -> float:
    signs = [(_sign(a[i] - a[j]), _sign(b[i] - b[j])) for i, j in combinations(range(len(a)), 2)]
    known = math.sqrt(sum(p != 0 for p, _ in signs) * sum(q != 0 for _, q in signs))
    return sum(p * q for p, q in signs) / known if known else math.nan


def accuracy(a: Sequence[float], b: Sequence[float]) -> float:
    pairs = list(combinations(range(len(a)), 2))
    return mean(_sign(a[i] - a[j]) == _sign(b[i] - b[j]) for i, j in pairs)


def accuracy_with_ties(human: numpy.ndarray, scores: numpy.ndarray) -> float:
    def at(epsilon: float) -> float:
        values = []
        for h, m in zip(human.T, scores.T, strict=True):
            pairs = [(h[i] - h[j], m[i] - m[j]) for i, j in combinations(range(len(h)), 2)]
            pairs = [(p, q if abs(q) > epsilon else 0.0) for p, q in pairs if not math.isnan(p)]
            if pairs:
                values.append(mean(_sign(p) == _sign(q) for p, q in pairs))
        return mean(values)

    sizes = {abs(a - b) for column in scores.T for a, b in combinations(column, 2)}
    return max(at(epsilon) for epsilon in {0.0, *sizes})


def soft_accuracy(human: numpy.ndarray, scores: numpy.ndarray) -> float:
    draws = numpy.random.default_rng(4).random((1000, human.shape[1]), dtype=numpy.float32)
    swaps = numpy.rint(draws).astype(bool)
    gaps = []
    for i, j in combinations(range(len(human)), 2):
        p = []
        for table in (human, scores):
            a, b = table[i], table[j]
            null = [float(numpy.where(s, a - b, b - a).sum()) for s in swaps]
            p.append(mean(value >= float((a - b).sum()) - 1e-9 for value in null))
        gaps.append(abs(p[0] - p[1]))
    return 1 - mean(gaps)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("human")
    draw = random.Random(5)
    write_files(folder, zh=["金山区有个公园。"] * 60, en=ENGLISH)
    rows = ["system\tseg_id\trater\tscore"]
    for number, (name, share) in enumerate(SYSTEMS.items()):
        texts = worsened(ENGLISH, share, seed=number)
        write_files(folder, **{name: texts})
        for at, (text, reference) in enumerate(zip(texts, ENGLISH, strict=True)):
            for rater in ("ann", "ben") if at % 5 == 0 else ("ann",):
                lost = draw.choice([0, 0, -1, -5]) if text != reference else draw.choice([0, 0, -1])
                if at % 7:
                    rows.append(f"{name}\t{at + 1}\t{rater}\t{lost}")
    (folder / "mqm.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    config = {
        "output": "out",
        "sets": [{"kind": "files", "name": "news", "source": "zh.txt", "references": ["en.txt"]}],
        "systems": [{"kind": "file", "name": n, "path": f"{n}.txt"} for n in SYSTEMS],
        "metrics": ["chrf", "ter"],
        "human": {"mqm": {"path": "mqm.tsv"}},
        "bootstrap_samples": 200,
        "trials": 200,
        "runtime": {"threads": 1},
    }
    (folder / "c.yaml").write_text(json.dumps(config), encoding="utf-8")
    answer = _evaluate(folder)
    assert answer.code == 0, answer.messages
    (folder / "printed.txt").write_text(answer.text, encoding="utf-8")
    return folder


def _evaluate(folder: Path, *options: str) -> Answer:
    return call("evaluate", "-c", str(folder / "c.yaml"), *options)


def _tables(folder: Path) -> tuple[numpy.ndarray, numpy.ndarray, list[float], list[float]]:
    """Return the segment scores of humans and sacreBLEU's chrF, then those of the systems."""
    marks: dict[tuple[str, int], list[float]] = {}
    for line in (folder / "mqm.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        system, number, _, score = line.split("\t")
        marks.setdefault((system, int(number) - 1), []).append(float(score))
    human = [
        [mean(marks[name, at]) if (name, at) in marks else math.nan for at in range(60)]
        for name in SYSTEMS
    ]
    texts = [(folder / f"{n}.txt").read_text(encoding="utf-8").splitlines() for n in SYSTEMS]
    scores = [
        [CHRF().sentence_score(a, [b]).score for a, b in zip(text, ENGLISH, strict=True)]
        for text in texts
    ]
    gold = [mean(value for value in row if not math.isnan(value)) for row in human]
    whole = [CHRF().corpus_score(text, [ENGLISH]).score for text in texts]
    return numpy.array(human), numpy.array(scores), gold, whole


def test_agreement_follows_the_definitions(folder: Path) -> None:
    text = (folder / "out/agreement.csv").read_text(encoding="utf-8")
    found = {
        (row["metric"], row["level"], row["statistic"]): float(row["value"])
        for row in csv.DictReader(text.splitlines())
    }
    human, scores, gold, whole = _tables(folder)
    for name, function in (("pearson", pearson), ("spearman", spearman), ("kendall", kendall)):
        assert found["chrf", "system", name] == pytest.approx(function(gold, whole), abs=1e-9)
    assert found["chrf", "system", "accuracy"] == accuracy(gold, whole)
    known = ~numpy.isnan(human)
    flat = human[known].tolist(), scores[known].tolist()
    for name, function in (("spearman", spearman), ("kendall", kendall)):
        assert found["chrf", "segment", name] == pytest.approx(function(*flat), abs=1e-9)
        rows = [
            function(h[k].tolist(), m[k].tolist())
            for h, m, k in zip(human.T, scores.T, known.T, strict=True)
            if k.sum() > 1
        ]
        expected = mean(row for row in rows if not math.isnan(row))
        assert found["chrf", "segment", f"{name} by segment"] == pytest.approx(expected, abs=1e-9)
    assert found["chrf", "segment", "pearson"] == pytest.approx(pearson(*flat), abs=1e-9)
    expected = accuracy_with_ties(human, scores)
    assert found["chrf", "segment", "accuracy with ties"] == pytest.approx(expected, abs=1e-9)
    rated = known.all(axis=0)
    expected = soft_accuracy(human[:, rated], scores[:, rated])
    assert found["chrf", "system", "soft accuracy"] == pytest.approx(expected, abs=1e-9)


def test_human_scores_are_in_every_output(folder: Path) -> None:
    printed = (folder / "printed.txt").read_text(encoding="utf-8")
    assert "Agreement with mqm on 4 systems" in printed
    assert "mqm has no rating for some of 60 segments" in printed
    assert " agrees best with mqm: it orders " in printed
    out = folder / "out"
    for name in ("evaluation.md", "evaluation.html", "scores.tex"):
        text = (out / name).read_text(encoding="utf-8").replace(r"\\", " ")
        assert "Raters of mqm" in text, name
        assert "accuracy with ties" in text, name
    # intervals are below their values, and a minus is no hyphen
    assert r"{\scriptsize (" in text
    assert "{-" not in text
    assert "(-" not in text
    agreement = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))["sets"][0]
    pairs = [row for row in agreement["raters"] if row["b"]]
    assert [(row["a"], row["b"]) for row in pairs] == [("ann", "ben")]
    # every fifth segment twice, every seventh not at all
    assert pairs[0]["units"] == 4 * len([at for at in range(60) if at % 5 == 0 and at % 7])
    better = [row for row in agreement["agreement"] if row["statistic"] == "pearson"]
    assert all(row["low"] <= row["value"] <= row["high"] for row in better)
    assert {row["rank"] for row in better} >= {1}


# the forms of a file, and the judgements in it
FORMS = {
    "a.tsv": ("system\tseg_id\tscore\nx\t1\t0.5\nx\t2\tNone\n", [("x", 0.5, "1", None)]),
    "b.csv": ('system,doc,score\nx,"d,1",80\n', [("x", 80.0, None, "d,1")]),
    "c.csv": ("Sys;Score\nx;70,5\n", [("x", 70.5, None, None)]),
    "d.txt": ("system mqm_avg_score seg_id\nx\t-1.0 7\n", [("x", -1.0, "7", None)]),
    "e.seg.score": ("x 0.5\nx None\ny 1\ny None\n", [("x", 0.5, "1", None), ("y", 1.0, "1", None)]),
    "f.doc.score": ("x\t3\nx\t4\n", [("x", 3.0, None, "#1"), ("x", 4.0, None, "#2")]),
    "g.sys.score": ("x\t-2.5\n", [("x", -2.5, None, None)]),
    "h.jsonl": ('{"system": "x", "segment_id": 3, "score": 4}\n', [("x", 4.0, "3", None)]),
    "i.tsv": ("id\tx\ty\n1\t2\t\n", [("x", 2.0, "1", None)]),
    "j.tsv": (
        "system\tseg_id\trater\tcategory\tseverity\n"
        'x\t1\tr\tFluency/Punctuation\tMinor\nx\t1\tr\t"Accuracy/Omission\tMajor\n'
        "x\t2\tr\tNo-error\tNo-error\n",
        [("x", -5.1, "1", None), ("x", 0.0, "2", None)],
    ),
    "k.csv": (
        'sep=;\nsystem;seg_id;comment;score\nx;1;"甲\n""乙""";70,5\nx;2;"丙;3\nx;3;;4\n',
        [("x", 70.5, "1", None), ("x", 3.0, "2", None), ("x", 4.0, "3", None)],
    ),
    "l.tsv": ('"system"\t"seg_id"\t"score"\n"x"\t"1"\t"0.5"\n', [("x", 0.5, "1", None)]),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_read(name: str, tmp_path: Path) -> None:
    text, expected = FORMS[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    ratings = read_ratings(str(path), "human.x", {}, ["x", "y"])
    assert [(r.system, r.score, r.segment, r.document) for r in ratings] == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "human.x: {}: is empty"),
        ("system\tscore\nx\tgood\n", "human.x: {}:2: 'good' is not a number"),
        ("a\tb\n1\t2\n", "human.x: {}: needs the columns system and score"),
    ],
)
def test_a_mistake_names_its_place(text: str, line: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_ratings(str(path), "human.x", {}, [])
    assert str(caught.value).startswith(line.format(path))


def test_a_file_by_line_without_a_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zh-en.mqm.seg.score"
    path.write_text("x\t1\nx\tNone\nx\t3\ny\t1\ny\t3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="2 lines of y, but 3 of x; write None for a missing"):
        read_ratings(str(path), "human.x", {}, [])


def test_segments_are_found_by_their_chinese_first() -> None:
    test_set = small_set(sentences(13))  # the Chinese of line 13 is that of line 1
    ratings = [
        HumanRating("x", 1.0 * row, number, source=test_set.segments[row].source)
        for row, number in ((5, "9"), (6, "3"), (12, "13"))
    ]
    ratings.append(HumanRating("x", 9.0, "2", source="另一句"))
    messages: list[str] = []
    column = human_column("mqm", ratings, test_set, ["x"], say=messages.append).column
    scored = {row: score for row, (score, count) in enumerate(column.tables[0]) if count}
    assert scored == {5: 5.0, 6: 6.0, 12: 12.0}
    assert messages == ["warning: human.mqm: 1 score for segments outside news"]


def test_scores_of_strangers_are_refused(folder: Path) -> None:
    (folder / "other.tsv").write_text("system\tscore\nothers\t1\n", encoding="utf-8")
    changes = f"human.mqm.path={folder / 'other.tsv'}"
    answer = _evaluate(folder, "--set", changes, "--output", str(folder / "o"))
    assert answer.code == 2
    assert "human.mqm: no score for good, fair, poor, bad; it has others" in answer.messages


@pytest.mark.parametrize(
    ("category", "severity", "cost"),
    [
        ("Non-translation!", "Major", 25.0),
        ("Fluency/Punctuation", "minor", 0.1),
        ("Fluency/Punctuation", "Major", 5.0),
        ("Accuracy/Mistranslation", "Critical", 25.0),
        ("Style/Awkward", "Minor", 1.0),
        ("Other", "Neutral", 0.0),
        ("No-error", "no-error", 0.0),
    ],
)
def test_penalties_are_those_of_freitag(category: str, severity: str, cost: float) -> None:
    assert penalty(category, severity) == cost


def test_alpha_is_krippendorffs() -> None:
    """The example of Krippendorff 2011, "Computing Krippendorff's alpha-reliability", interval."""
    table = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = [[v for v in column if v is not None] for column in zip(*table, strict=True)]
    assert krippendorff_alpha([u for u in units if len(u) > 1]) == pytest.approx(0.849, abs=5e-4)


@pytest.mark.parametrize("constant", [-10.0, 0.1, 0.3, 1e9])
def test_constant_scores_correlate_with_nothing(constant: float) -> None:
    same, other = numpy.full(7, constant), numpy.arange(7.0)
    assert numpy.isnan(agreement.pearson(same, other))
    assert numpy.isnan(agreement.pearson(other, same))
