"""Run an evaluation from its config and write its folder.

runs/evaluation/
  evaluation.html  .md  .json     for readers and programs
  scores.csv  comparisons.csv  scores.tex
  sentences.jsonl                 every segment with the output of every system
  statistics/  translations/      cached counts and translations, by content
"""

from dataclasses import dataclass
from pathlib import Path

from pipeline.engine.journal import Watch, unwatched
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.evaluate import Say, evaluate
from pipeline.evaluate.gate_check import check_evaluation_gate, judge_evaluation
from pipeline.evaluate.render.html import evaluation_html
from pipeline.evaluate.render.json import evaluation_json, sentences_jsonl
from pipeline.evaluate.render.tables import (
    comparisons_csv,
    evaluation_latex,
    evaluation_markdown,
    scores_csv,
)
from pipeline.evaluate.results import Evaluation
from pipeline.evaluate.verdict import GateVerdict
from pipeline.storage import write_atomically

_RENDERERS = {
    "evaluation.html": evaluation_html,
    "evaluation.md": evaluation_markdown,
    "evaluation.json": evaluation_json,
    "scores.csv": scores_csv,
    "comparisons.csv": comparisons_csv,
    "scores.tex": evaluation_latex,
    "sentences.jsonl": sentences_jsonl,
}


@dataclass(frozen=True, slots=True)
class FinishedEvaluation:
    """An evaluation, its files (the page first) and the verdicts of its gate."""

    evaluation: Evaluation
    files: tuple[Path, ...]
    verdicts: tuple[GateVerdict, ...]


def make_evaluation(
    config: EvaluationConfig, say: Say, watch: Watch = unwatched, *, clean: bool = False
) -> FinishedEvaluation:
    """Evaluate, judge and write all files; the gate is judged before files are replaced.

    `clean` removes HTML entities, byte order marks and stray blanks first. A gate may compare
    tonight's evaluation with last night's in the same folder.
    """
    folder = Path(config.output)
    check_evaluation_gate(config)
    evaluation = evaluate(config, say, watch, clean=clean)
    verdicts = judge_evaluation(evaluation, config)
    files = []
    for name, render in _RENDERERS.items():
        write_atomically(folder / name, render(evaluation))
        files.append(folder / name)
    return FinishedEvaluation(evaluation, tuple(files), tuple(verdicts))
