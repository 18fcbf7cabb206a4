"""Run an evaluation from its config and write its folder.

runs/evaluation/
  evaluation.html  .md  .json     for readers and programs
  scores.csv  comparisons.csv  groups.csv  scores.tex
  checks.csv  check_comparisons.csv
  agreement.csv  leaderboard.csv  if there are human scores, or several sets
  plots/                          every plot as SVG and PDF
  sentences.jsonl  .sqlite        every segment with the output of every system
  statistics/  translations/      cached counts and translations, by content
"""

from dataclasses import dataclass
from pathlib import Path

from pipeline.engine.journal import Watch, unwatched
from pipeline.errors import PipelineError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.evaluate import evaluate
from pipeline.evaluate.gate_check import check_evaluation_gate, judge_evaluation
from pipeline.evaluate.render.database import sentences_sqlite
from pipeline.evaluate.render.html import evaluation_html, plot_files
from pipeline.evaluate.render.json import evaluation_json, sentences_jsonl
from pipeline.evaluate.render.latex import evaluation_latex
from pipeline.evaluate.render.markdown import evaluation_markdown
from pipeline.evaluate.render.spreadsheets import (
    agreement_csv,
    check_comparisons_csv,
    checks_csv,
    comparisons_csv,
    groups_csv,
    leaderboard_csv,
    scores_csv,
)
from pipeline.evaluate.results import Evaluation
from pipeline.evaluate.set_result import Say
from pipeline.evaluate.verdict import GateVerdict
from pipeline.storage import (
    hold_folder,
    missing_folders,
    remove,
    remove_empty_run,
    write_atomically,
)

_RENDERERS = {
    "evaluation.html": evaluation_html,
    "evaluation.md": evaluation_markdown,
    "evaluation.json": evaluation_json,
    "scores.csv": scores_csv,
    "comparisons.csv": comparisons_csv,
    "checks.csv": checks_csv,
    "check_comparisons.csv": check_comparisons_csv,
    "agreement.csv": agreement_csv,
    "groups.csv": groups_csv,
    "leaderboard.csv": leaderboard_csv,
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
    tonight's evaluation with last night's in the same folder. Raises FolderLockedError if another
    process writes there.
    """
    check_evaluation_gate(config)
    folder = Path(config.output)
    new_folders = missing_folders(folder)
    try:
        with hold_folder(folder):
            return _make(config, say, watch, clean=clean)
    except PipelineError:
        remove_empty_run(new_folders)
        raise


def _make(config: EvaluationConfig, say: Say, watch: Watch, *, clean: bool) -> FinishedEvaluation:
    folder = Path(config.output)
    evaluation = evaluate(config, say, watch, clean=clean)
    verdicts = judge_evaluation(evaluation, config)
    files = []
    for name, render in _RENDERERS.items():
        if content := render(evaluation):
            write_atomically(folder / name, content)
            files.append(folder / name)
        else:  # of an earlier evaluation with human scores, several sets or systems
            remove(folder / name)
    files.append(folder / "sentences.sqlite")
    write_atomically(files[-1], sentences_sqlite(evaluation))
    for plot_name, plot in plot_files(evaluation):
        write_atomically(folder / "plots" / plot_name, plot)
    return FinishedEvaluation(evaluation, tuple(files), tuple(verdicts))
