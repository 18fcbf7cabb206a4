"""The section of a gate: what a score must be, in a run and in an evaluation."""

from typing import Annotated

from pydantic import Field, model_validator

from models.strict import PathKey, Spec


class GateRule(Spec):
    """A rule for one metric; set at least one of `min`, `max` and `max_drop`."""

    min: float | None = None
    """The smallest score allowed."""
    max: float | None = None
    """The largest score allowed, for metrics such as TER where lower is better."""
    max_drop: float | None = Field(default=None, ge=0)
    """Largest loss allowed against `against`, in points."""
    against: Annotated[str | None, PathKey("against")] = None
    """The baseline: a run folder, an evaluation folder, or (in an evaluation) the name of another
    system."""

    @model_validator(mode="after")
    def _rule_says_something(self) -> "GateRule":
        if self.min is None and self.max is None and self.max_drop is None:
            raise ValueError("needs one of 'min', 'max' or 'max_drop'")
        if (self.max_drop is None) != (self.against is None):
            raise ValueError("'max_drop' and 'against' need each other; set both or neither")
        return self
