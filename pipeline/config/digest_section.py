"""The section `summarize.digest` of a config: the top stories of a run on one page."""

from typing import Annotated

from pydantic import Field

from models.strict import FILE, Spec


class DigestSection(Spec):
    """The files digest.md, digest.html and digest.json in the run folder."""

    stories: int = Field(default=20, ge=0, le=1000)
    """Most stories in the digest; 0 writes none."""
    previous: Annotated[str | None, FILE] = None
    """The digest.json of an earlier run, or its folder. The digest then says which stories are new
    and which one a story continues."""
