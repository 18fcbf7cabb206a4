"""What every spec is: strict and frozen; and where weights are."""

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

# For a field that takes the word `off`: YAML reads it as false where it is not quoted.
BARE_OFF = BeforeValidator(lambda value: "off" if value is False else value)


class Spec(BaseModel):
    """Strict and frozen: a misspelt key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WeightsSpec(Spec):
    """Where weights are and how far they are trusted."""

    path: str = Field(
        description="`bundled:NAME`, a local folder, or a hub id such as "
        "`Helsinki-NLP/opus-mt-zh-en`."
    )
    revision: str | None = Field(
        default=None,
        description="The 40-digit commit of a hub id; required there, because branches move.",
    )
    trust_remote_code: bool = Field(
        default=False, description="Let the checkpoint run its own Python code. Leave it off."
    )
