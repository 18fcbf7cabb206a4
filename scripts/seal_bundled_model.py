"""Seal a model folder: write its SHA256SUMS and its canary.json anew.

    python scripts/seal_bundled_model.py models/bundled/zh-en

Run it when weights, configuration or tokenizer change on purpose. The canary gets
sentences that both backends translate alike at float32 and int8 nearly so: those have a
margin, and another processor's rounding will not turn them.
"""

import argparse
import sys
from pathlib import Path

from models.load import load_translator, resolve_translator
from models.runtime.machine import Machine
from models.seq2seq.canary import (
    CANARY,
    Canary,
    CanarySentence,
    CanarySettings,
    answer_canary,
    similarity,
    write_canary,
)
from models.seq2seq.translator import BatchTranslator
from models.specs import Backend, Seq2SeqSpec
from models.strict import Precision
from models.weights.checksums import verify_sums, write_sums
from models.weights.find import sealed_files

CANDIDATES = (
    "你好。",
    "我们在北京。",
    "今天天气很好。",
    "他是一名医生。",
    "中国经济稳步增长。",
    "会议将于三月五日在上海举行。",
    "这本书很有意思。",
    "政府将加大对教育的投入。",
    "研究人员发现了一种新的方法。",
    "她昨天去了医院。",
    "该公司去年的收入增长了百分之十。",
    "新的医疗中心为居民提供服务。",
    "两国领导人举行了会谈。",
    "你可以使用这个系统。",
    "他们正在讨论这个问题。",
    "世界需要和平与发展。",
)
WANTED = 4
INT8_SIMILARITY = 0.9


def main() -> int:
    """Seal the folder named on the command line; 1 if no candidate is stable enough."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    # The old canary would refuse the new weights.
    (folder / CANARY).unlink(missing_ok=True)
    write_sums(folder, sealed_files(folder))
    verify_sums(folder)
    canary = canary_of(folder)
    if len(canary.sentences) < WANTED:
        print(f"{folder}: only {len(canary.sentences)} of {WANTED} canary sentences are stable")
        return 1
    write_canary(folder, canary)
    for each in canary.sentences:
        print(f"{each.source}  →  {each.translation}")
    return 0


def canary_of(folder: Path) -> Canary:
    """Choose the first candidates that backends and precisions agree on."""
    settings = CanarySettings()
    exact = answer_canary(_translator(folder, "ctranslate2", "float32"), settings, CANDIDATES)
    other = answer_canary(_translator(folder, "transformers", "float32"), settings, CANDIDATES)
    rounded = answer_canary(_translator(folder, "ctranslate2", "int8"), settings, CANDIDATES)
    stable = [
        CanarySentence(source, translation)
        for source, translation, second, third in zip(
            CANDIDATES, exact, other, rounded, strict=True
        )
        if translation
        and translation == second
        and similarity(translation, third) >= INT8_SIMILARITY
    ]
    return Canary(settings, tuple(stable[:WANTED]))


def _translator(folder: Path, backend: Backend, precision: Precision) -> BatchTranslator:
    spec = Seq2SeqSpec(kind="seq2seq", path=str(folder), backend=backend)
    resolved = resolve_translator(spec, Machine(device="cpu", precision=precision))
    translator = load_translator(spec, resolved, Machine(threads=1))
    if not isinstance(translator, BatchTranslator):
        raise TypeError(f"{folder}: {type(translator).__name__} cannot be given other settings")
    return translator


if __name__ == "__main__":
    sys.exit(main())
