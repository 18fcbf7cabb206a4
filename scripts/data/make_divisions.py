"""Make pipeline/language/divisions.tsv, the names of China's divisions, by their kind.

    python scripts/data/make_divisions.py china-divisions.tsv pipeline/language/divisions.tsv

The input has the columns zh, pinyin, en and code of cnid-validator (MIT). Left out are names of
other languages (Inner Mongolia, Xinjiang, Tibet, Qinghai and autonomous divisions), which
are not spelled in pinyin, and names that are ordinary words (新城区, a new urban area). A line of
the output is a kind and the names of that kind without it.
"""

import argparse
import csv
from collections import defaultdict
from pathlib import Path

_KINDS = ("省", "市", "区", "县")
_OTHER_LANGUAGES = ("15", "54", "63", "65")
_ORDINARY = frozenset(
    "新城区 老城区 港口区 海港区 城中区 城东区 城西区 城北区 城南区 市中区 城关区 开发区 高新区"
    " 工业区 工农区 向阳区 站前区 东风区 红旗区 广场区 中心区 平原区 林业区 农业区 通道县 文化区"
    " 河口区 江口县 海口区 山城区 新市区 水城区 古城区 下城区 上城区 西城区 东城区 南城区 北城区"
    " 运河区 湖滨区 江北区 江南区 江东区 河东区 河西区 桥东区 桥西区 铁东区 铁西区 郊区区".split()
)
_HEADER = """\
# Divisions of China: a kind, a tab, names of that kind without it. Made by
# scripts/data/make_divisions.py from the data of cnid-validator, MIT License: see NOTICE.md.
"""


def main() -> None:
    """Read the names and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", type=Path)
    parser.add_argument("table", type=Path)
    options = parser.parse_args()
    names: dict[str, set[str]] = defaultdict(set)
    with options.names.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            name, kind = row["zh"][:-1], row["zh"][-1]
            is_other = row["code"].startswith(_OTHER_LANGUAGES) or "自治" in name
            is_plain = len(name) > 1 and not any(one in name for one in "市县矿辖地别（")
            if kind in _KINDS and is_plain and not is_other and row["zh"] not in _ORDINARY:
                names[kind].add(name)
    table = "".join(f"{kind}\t{' '.join(sorted(names[kind]))}\n" for kind in _KINDS)
    options.table.write_text(_HEADER + table, encoding="utf-8")


if __name__ == "__main__":
    main()
