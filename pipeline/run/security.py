"""What on this machine makes a config unsafe to run: permissions, secrets, addresses, models."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models.patterns import lazy
from models.prompted.address import HIDDEN, is_local, masked
from models.weights.find import cache_folder
from pipeline.config.memory_place import memory_path
from pipeline.config.sections import Config

_COMMIT = lazy(r"[0-9a-f]{40}")
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


@dataclass(frozen=True, slots=True)
class Weakness:
    """Something that somebody could misuse; a `warning` may be wanted, a `problem` is not."""

    level: Literal["problem", "warning"]
    place: str
    text: str


def weaknesses(config: Config, file: Path, raw: Mapping[str, Any]) -> list[Weakness]:
    """Return what is unsafe about a config; `raw` are the values as the file has them."""
    return [
        *_user(),
        *_permissions(config, file),
        *_secrets(raw),
        *_addresses(config),
        *_models(config.model_dump(mode="json"), ""),
        *_hook(config),
    ]


def weakness_lines(found: list[Weakness]) -> Iterator[str]:
    """Yield the weaknesses as lines of text, problems first."""
    for level in ("problem", "warning"):
        for weakness in found:
            if weakness.level == level:
                yield f"{level:<9}{weakness.place}: {weakness.text}"
    if not found:
        yield "no weaknesses found"


def _user() -> Iterator[Weakness]:
    if sys.platform != "win32" and os.geteuid() == 0:
        text = "runs as root; use a user that can read its input and write its output only"
        yield Weakness("warning", "user", text)


def _permissions(config: Config, file: Path) -> Iterator[Weakness]:
    """Yield files and folders that others may change or read."""
    output, memory = Path(config.output), memory_path(config)
    changed: list[Path | str | None] = [file, file.absolute().parent, output, output.parent, memory]
    changed += [Path(cache_folder(config.runtime.cache)), *map(Path, config.input.paths)]
    for path in dict.fromkeys(path for path in changed if path):
        mode = _mode(path)
        # in a folder like /tmp, the sticky bit keeps others from replacing files
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            yield Weakness("problem", str(path), "every user can change it; chmod o-w")
    read: list[tuple[Path | str, str]] = [(output, "the texts of a run")]
    read += [(memory, "all texts ever translated")] if memory else []
    for path, what in read:
        if _mode(path) & (stat.S_IROTH | stat.S_IXOTH):
            text = f"every user of this machine can read {what}; chmod o-rwx, or a umask of 027"
            yield Weakness("warning", str(path), text)


def _mode(path: Path | str) -> int:
    """Return the permissions of a file or folder; 0 if there is none."""
    try:
        return Path(path).stat().st_mode
    except OSError:
        return 0


def _secrets(raw: Mapping[str, Any]) -> Iterator[Weakness]:
    for place in _hidden(masked(dict(raw)), ""):
        text = "a secret in plain text; put it into an environment variable and name that"
        yield Weakness("problem", place, text)


def _hidden(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _hidden(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _hidden(inner, f"{place}.{number}")
    elif value == HIDDEN and not place.endswith("_variable"):
        yield place


def _addresses(config: Config) -> Iterator[Weakness]:
    """Yield servers on other machines that texts or keys are sent to without encryption."""
    for place, address in _urls(config.model_dump(mode="json"), ""):
        if address.startswith("http://") and not is_local(address):
            text = f"{address.split('?')[0]} is not encrypted; use https"
            yield Weakness("problem", place, text)
    mail = config.notify.mail
    if mail and mail.security == "none" and not is_local(f"smtp://{mail.server}"):
        yield Weakness("problem", "notify.mail.security", "mail is not encrypted; use starttls")
    if not config.runtime.offline:
        yield Weakness("warning", "runtime.offline", "false: other machines may be reached")


def _urls(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _urls(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, str) and value.startswith(("http://", "https://")):
        yield place, value


def _models(value: Any, place: str) -> Iterator[Weakness]:
    """Yield models that run code, are not pinned, or are read from pickles."""
    if not isinstance(value, dict):
        return
    if value.get("trust_remote_code"):
        text = "the checkpoint runs its own code; set it to false"
        yield Weakness("problem", f"{place}.trust_remote_code", text)
    path = value.get("path")
    if "kind" in value and isinstance(path, str) and not path.startswith("bundled:"):
        if Path(path).is_dir():
            if not any(Path(path).glob("*.safetensors")) and any(
                file for pattern in _PICKLES for file in Path(path).glob(pattern)
            ):
                text = f"{path} has pickles and no safetensors; convert it, or check its source"
                yield Weakness("warning", place, text)
            if not (Path(path) / "SHA256SUMS").is_file():
                text = f"{path} has no SHA256SUMS: a change of its files would not be noticed"
                yield Weakness("warning", place, text)
        elif not _COMMIT.fullmatch(str(value.get("revision") or "")):
            yield Weakness("problem", place, f"{path} is not pinned to a commit; set revision")
    for key, inner in value.items():
        yield from _models(inner, f"{place}.{key}".lstrip("."))


def _hook(config: Config) -> Iterator[Weakness]:
    command = config.notify.command
    if command is None:
        return
    place, program = "notify.command.run", command.run[0]
    if not Path(program).is_absolute():
        yield Weakness("warning", place, f"{program} is looked up in PATH; write its full path")
    path = shutil.which(program)
    for checked in (Path(path), Path(path).parent) if path else ():
        if _mode(checked) & stat.S_IWOTH:
            yield Weakness("problem", place, f"every user can change {checked}; chmod o-w")
