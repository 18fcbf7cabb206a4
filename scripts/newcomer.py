"""Try Yibao as somebody does who has just heard of it: clone, `make run`, one's own page.

    python scripts/newcomer.py /tmp/newcomer
    python scripts/newcomer.py /tmp/pictures --only-pictures runs/demo page.yibao

Clones this repository into an empty folder with an empty home, and runs the commands of the README
in a terminal (tmux, 110 columns). Writes to FOLDER: `times.txt` with the seconds of each step, the
terminal after each as text, and pictures of every page: 1400 and 390 pixels wide, light and dark,
the first screen and the whole; the printed report as PDF (and PNG with pdftoppm). Prints how many
pixels down the first paragraph of the article begins.
"""

import argparse
import base64
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.devtools import Browser, find_browser  # noqa: E402

PAGE = """# 城市图书馆延长开放时间

本报讯（记者 李明）昨日，市图书馆宣布，自4月1日起，每天开放时间延长至晚上10点。

馆长王芳说：“去年共有126万人次到馆，比前年增长18%。”图书馆还将增加300个座位。

市民可以在网上预约，每人每天最多预约两次。
"""
SCREENS = {"wide": (1400, 900), "phone": (390, 844)}
_MINUTES = 60


def main() -> None:
    """Take the steps, or only the pictures of runs that are there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the clone, times and pictures go")
    parser.add_argument("--only-pictures", type=Path, nargs="+", metavar="RUN")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    runs = options.only_pictures or take_steps(folder)
    browser = find_browser()
    if browser is None:
        raise SystemExit("needs Chromium for the pictures")
    with tempfile.TemporaryDirectory() as profile, Browser(browser, Path(profile)) as page:
        for run in runs:
            for path in (run / "report.html", run / "english/all.html", run / "evaluation.html"):
                if path.is_file():
                    photograph(page, path.resolve(), folder / f"{run.name}-{path.stem}")


def take_steps(folder: Path) -> list[Path]:
    """Clone, install and run with an empty home; return the folders of the two runs."""
    clone, home = folder / "yibao", folder / "home"
    home.mkdir()
    index = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", **index}
    steps = (
        ("clone", folder, f"git clone --quiet {shlex.quote(str(ROOT))} yibao"),
        ("make-run", clone, "make run"),
        ("own-page", clone, ". .venv/bin/activate && pipeline run page.txt"),
    )
    times = []
    for name, place, command in steps:
        if name == "own-page":
            (clone / "page.txt").write_text(PAGE, encoding="utf-8")
        seconds, code, screen = in_terminal(command, place, environment)
        (folder / f"{name}.terminal.txt").write_text(screen, encoding="utf-8")
        times.append(f"{name:<10} {seconds:7.1f} s  exit code {code}  {command}")
        print(times[-1], flush=True)
        if code != "0":
            raise SystemExit(screen)
    (folder / "times.txt").write_text("\n".join(times) + "\n", encoding="utf-8")
    return [clone / "runs/demo", clone / "page.yibao"]


def in_terminal(command: str, place: Path, environment: dict[str, str]) -> tuple[float, str, str]:
    """Run a command in a terminal; return its seconds, its exit code and what it shows."""
    tmux = shutil.which("tmux")
    if tmux is None:
        raise SystemExit("needs tmux for the terminal")
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "code"
        socket = [tmux, "-L", Path(folder).name]  # a server of its own
        words = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        line = f"env -i TERM=screen-256color {words} bash -c {shlex.quote(command)}"
        script = f"cd {shlex.quote(str(place))}; {line}; echo $? > {code}; exec sleep 60"
        start = time.monotonic()
        subprocess.run([*socket, "new-session", "-d", "-x", "110", "-y", "45", script], check=True)
        try:
            while not (code.is_file() and code.read_text()):
                if time.monotonic() - start > 60 * _MINUTES:
                    raise SystemExit(f"{command}: not done after {_MINUTES} minutes")
                time.sleep(0.05)
            seconds = time.monotonic() - start
            capture = [*socket, "capture-pane", "-p", "-S", "-200"]
            screen = subprocess.run(capture, check=True, capture_output=True, text=True).stdout
        finally:
            subprocess.run([*socket, "kill-server"], check=False)
        return seconds, code.read_text().strip(), screen.rstrip() + "\n"


def photograph(page: Browser, path: Path, target: Path) -> None:
    """Write pictures of a page beside `target`, and say where its first paragraph begins."""
    for name, (width, height) in SCREENS.items():
        page.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=name == "phone",
        )
        for scheme in ("light", "dark"):
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            page.call("Emulation.setEmulatedMedia", features=features)
            page.open(path.as_uri())
            save_screen(page, target.with_name(f"{target.name}-{name}-{scheme}.png"), whole=False)
        save_screen(page, target.with_name(f"{target.name}-{name}-whole.png"), whole=True)
        top = page.evaluate(
            "(document.querySelector('.passage.paragraph') || document.querySelector('p'))"
            ".getBoundingClientRect().top + scrollY"
        )
        print(f"{target.name}, {name}: the first paragraph begins at {top:.0f} of {height} pixels")
    errors = [event["entry"]["text"] for event in page.seen("Log.entryAdded")]
    print(f"{target.name}: messages in the console: {errors or 'none'}")
    printed = page.call("Page.printToPDF", preferCSSPageSize=True)["data"]
    pdf = target.with_name(f"{target.name}.pdf")
    pdf.write_bytes(base64.b64decode(printed))
    if shutil.which("pdftoppm"):
        run_quietly(["pdftoppm", "-r", "60", "-png", str(pdf), str(target) + "-print"])


def save_screen(page: Browser, path: Path, *, whole: bool) -> None:
    """Write what the browser shows, or with `whole` all of the page."""
    answer = page.call("Page.captureScreenshot", captureBeyondViewport=whole)
    path.write_bytes(base64.b64decode(answer["data"]))


def run_quietly(command: Sequence[str]) -> None:
    """Run a command; what it prints does not matter."""
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
