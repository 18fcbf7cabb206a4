"""Take files of the run before if they are made of the same: rendering them again takes long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.engine.keys import digest
from pipeline.engine.reuse import EarlierRun
from pipeline.storage import take_unedited


@dataclass(frozen=True, slots=True)
class SameFiles:
    """The files that the run before wrote into the folder `place`, and what each was made of.

    `facts` is what its manifest says of them.
    """

    before: EarlierRun | None
    place: str
    facts: Mapping[str, Any]
    made_of: dict[str, str] = field(default_factory=dict)
    """What the files of this run are made of, by name; for its manifest."""

    def take(self, folder: Path, names: Iterable[str]) -> bool:
        """Take files into `folder`; False if one is not there, or was changed after its run."""
        if self.before is None:
            return False
        try:
            take_unedited(self.before.store.folder / self.place, folder, names, self.before.ended)
        except OSError:
            return False
        return True

    def take_same(self, name: str, content: object, folder: Path, files: Iterable[str]) -> bool:
        """Note what the files of a name are made of; take them if they were made of the same."""
        self.made_of[name] = key = digest(content)[:16]
        known = self.facts.get("made_of")
        return isinstance(known, dict) and known.get(name) == key and self.take(folder, files)
