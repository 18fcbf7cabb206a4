"""Train the small Chinese→English model that ships with the project.

    python scripts/train_bundled_model.py train --work ../train
    python scripts/train_bundled_model.py cooldown --work ../train --pieces 6000000
    python scripts/train_bundled_model.py export --work ../train --to ../train/export
    python scripts/train_bundled_model.py consensus --work ../train --minutes 40
    python scripts/train_bundled_model.py tune --work ../train --run tuned --minutes 40
    python scripts/train_bundled_model.py export --work ../train --run tuned --to ../train/export

`train` prepares the data once, then trains at a constant rate until it is stopped; started again,
it goes on from its last checkpoint, even after a kill. `cooldown` branches off that checkpoint and
lowers the rate to zero; the checkpoint stays, so training can go on in another sitting. `export`
writes what AutoModelForSeq2SeqLM loads. `consensus` translates sentences of the corpus with a
finished model, in parts that are kept; `tune` goes on from that model with its translations.

A GPU on another machine: prepare and pack here, carry recipe, scripts and parts (60 MiB each),
train there, bring RUN/checkpoint.pt and RUN/journal.jsonl back, and go on or export here or there.

    python scripts/train_bundled_model.py prepare --work ../train
    python scripts/train_bundled_model.py pack --work ../train --to ../train/parts
    python scripts/train_bundled_model.py unpack --work ../train --parts ../train/parts
    python scripts/train_bundled_model.py train --work ../train --minutes 7.6

`pack` takes the checkpoint along if there is one, so that a second chance goes on from the first.
"""

import argparse
import logging
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from training.recipe import RecipeError, load_recipe


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "command",
        choices=["prepare", "pack", "unpack", "train", "cooldown", "consensus", "tune", "export"],
    )
    parser.add_argument("--recipe", type=Path, default=Path("configs/train/zh-en.yaml"))
    parser.add_argument(
        "--work",
        type=Path,
        required=True,
        help="Folder for prepared data, checkpoints and journals.",
    )
    parser.add_argument("--run", default="main", help="Name of the run inside the work folder.")
    parser.add_argument(
        "--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help="Change the recipe."
    )
    parser.add_argument(
        "--steps", type=float, default=float("inf"), help="Stop training at this step."
    )
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="Stop training after this time."
    )
    parser.add_argument(
        "--pieces", type=int, default=6_000_000, help="Length of the cooldown in target pieces."
    )
    parser.add_argument(
        "--model",
        type=Path,
        default=Path("models/bundled/zh-en"),
        help="Folder of the model that is tuned.",
    )
    parser.add_argument("--to", type=Path, help="Folder of the exported model, or of parts.")
    parser.add_argument(
        "--parts", type=Path, help="Folder with the parts that `unpack` joins again."
    )
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    options = arguments(words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        run(options)
    except RecipeError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def run(options: argparse.Namespace) -> None:
    """Do what the command says; RecipeError if it cannot be done."""
    # Imported here so that --help and a wrong recipe answer at once.
    from training.carry import pack, unpack
    from training.consensus import make_consensus
    from training.export import export
    from training.loop import Limits, Trainer
    from training.preparation import prepare
    from training.tuning import prepare_tuning

    recipe = load_recipe(options.recipe, options.set)
    folder, cooled = options.work / options.run, options.work / f"{options.run}-cooldown"
    if options.command == "unpack":
        unpack(options.parts or options.work / "parts", options.work)
        return
    if options.command == "export":
        if options.to is None:
            raise RecipeError("export: --to FOLDER is missing")
        export(options.work, cooled if (cooled / "checkpoint.pt").is_file() else folder, options.to)
        return
    if options.command == "consensus":
        make_consensus(recipe, options.model, options.work, options.minutes)
        return
    if options.command == "tune":
        recipe = recipe.model_copy(update={"training": recipe.tuning})
        data = prepare_tuning(recipe, options.model, options.work)
        Trainer(recipe, data, folder, Limits(options.steps, options.minutes)).run()
        return
    data = prepare(recipe, options.work)
    if options.command == "pack":
        for packed in (data, folder) if (folder / "checkpoint.pt").is_file() else (data,):
            pack(packed, options.to or options.work / "parts")
    elif options.command == "train":
        Trainer(recipe, data, folder, Limits(options.steps, options.minutes)).run()
    elif options.command == "cooldown":
        branch(folder, cooled)
        Trainer(recipe, data, cooled, Limits(options.steps, options.minutes, options.pieces)).run()


def branch(folder: Path, cooled: Path) -> None:
    """Copy a run to its cooldown, unless that is already newer than the run and goes on."""
    checkpoint, copied = folder / "checkpoint.pt", cooled / "checkpoint.pt"
    if not checkpoint.is_file():
        raise RecipeError(f"{folder}: no checkpoint to cool down from; run 'train' first")
    if copied.is_file() and copied.stat().st_mtime > checkpoint.stat().st_mtime:
        return
    cooled.mkdir(parents=True, exist_ok=True)
    for name in ("journal.jsonl", "checkpoint.pt"):
        shutil.copyfile(folder / name, cooled / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
