"""How many characters of a text a model's vocabulary lacks, and which.

    python scripts/measure_vocabulary.py models/bundled/zh-en zh.txt …

A model is a folder with its tokenizer and config.json; weights are not read. A text file has
one sentence a line; of JSON Lines the column `zh` is read.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from models.architecture import read_architecture
from models.tokens import load_tokenizer


def sentences(path: Path) -> list[str]:
    """Read the lines of a text file, or the column `zh` of JSON Lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["zh"] for line in lines] if path.suffix == ".jsonl" else lines


def main() -> None:
    """Print one line for each file."""
    folder, *files = map(Path, sys.argv[1:])
    tokenizer = load_tokenizer(folder, read_architecture(folder))
    for file in files:
        texts = sentences(file)
        unknown = [each.unknown for each in tokenizer.encode(texts, 10_000)]
        characters = sum(len("".join(text.split())) for text in texts)
        found = Counter("".join(unknown))
        named = " ".join(f"{character} {count}" for character, count in found.most_common(20))
        print(
            f"{file.name}: {found.total():,} of {characters:,} characters "
            f"({100 * found.total() / characters:.3f} %), in {sum(map(bool, unknown)):,} of "
            f"{len(texts):,} sentences: {named or 'none'}"
        )


if __name__ == "__main__":
    main()
