"""Make docs/report.png, the README's picture of a report, from the demo.

pipeline run --config configs/demo.yaml && python scripts/data/make_screenshot.py
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "runs/demo/report.html"
PICTURE = ROOT / "docs/report.png"
MOST_BYTES = 150_000
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--hide-scrollbars", "--window-size=1280,900"),
)


def main() -> int:
    """Write the picture; return 1 if a browser or the report is missing, or it is too large."""
    names = ("chromium", "chromium-browser", "google-chrome")
    browser = next((path for name in names if (path := shutil.which(name))), None)
    if browser is None or not REPORT.is_file():
        print("needs Chromium, and runs/demo: pipeline run --config configs/demo.yaml")
        return 1
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                *(browser, *FLAGS, f"--user-data-dir={profile}"),
                *(f"--screenshot={PICTURE}", REPORT.as_uri()),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )
    shrink(PICTURE)
    size = PICTURE.stat().st_size
    print(f"{PICTURE}: {size:,} bytes")
    return int(size > MOST_BYTES)


def shrink(path: Path) -> None:
    """Reduce a picture to 64 colours."""
    from PIL import Image

    with Image.open(path) as picture:
        picture.convert("RGB").quantize(64).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
