"""The section `input` of a config: what is read, and what its columns are called."""

from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from models.strict import PathKey, Spec


class Fields(Spec):
    """What the columns of a row (JSON Lines, CSV, Parquet, dataset) are called."""

    text: str = Field(default="text", description="The Chinese text.")
    id: str = Field(default="id", description="A stable name of the row.")
    title: str = Field(default="title", description="The headline.")
    date: str = Field(default="date", description="Date of publication, any form.")
    edition: str = Field(
        default="edition",
        description="What the row is a page or story of, with `input.edition: rows`.",
    )
    reference: str = Field(default="reference", description="A reference translation.")
    reference_summary: str = Field(
        default="reference_summary", description="A reference summary, in English or Chinese."
    )


class DatasetSection(Spec):
    """Which part of a dataset to read."""

    split: str = Field(default="train", description="The split.")
    subset: str | None = Field(default=None, description="The configuration of a hub's dataset.")
    revision: str | None = Field(
        default=None,
        description="The 40-digit commit of a hub's dataset, which must be given. With "
        "`runtime.offline` it is looked for in the caches of `datasets` and of the hub.",
    )


class InputSection(Spec):
    """What to read."""

    _bases: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def bases(self) -> dict[str, str]:
        """The folders that paths of a config file were joined to, by path.

        A document's source is written without its base, so that a run is the same wherever
        it is started.
        """
        return self._bases

    paths: Annotated[tuple[str, ...], PathKey("input", ("-",))] = Field(
        min_length=1,
        description="Files, folders (read recursively) and globs; `-` is standard input. With "
        "`format: dataset` the name of a dataset on a hub, or a folder that `datasets` saved.",
    )
    format: Literal[
        "auto",
        "markdown",
        "text",
        "html",
        "docx",
        "epub",
        "mineru",
        "jsonl",
        "csv",
        "parquet",
        "dataset",
    ] = Field(
        default="auto",
        description="`auto` goes by the file name: .md, .txt, .html, .docx, .epub, "
        "_content_list.json (MinerU), .jsonl, .csv, .tsv, .parquet, each also packed as .gz or "
        ".zst; and finds folders that `datasets` saved.",
    )
    edition: Literal["none", "folder", "rows"] = Field(
        default="none",
        description="What is read as one newspaper, so that stories that go on on another page "
        "(下转第2版, 上接第1版) are put together: with `folder` the pages of a folder (Markdown, "
        "text, HTML, Word, MinerU), with `rows` rows that follow each other and share "
        "`fields.edition`.",
    )
    dataset: DatasetSection = Field(
        default=DatasetSection(), description="Which split, subset and revision of a dataset."
    )
    encoding: str = Field(
        default="auto", description="`auto` detects UTF-8, GB18030, Big5, UTF-16; or a codec name."
    )
    fields: Fields = Field(default=Fields(), description="Names of the columns of rows.")
    max_megabytes: float = Field(
        default=20,
        gt=0,
        le=1_000_000,
        description="A single document larger than this is refused (a file of rows may be "
        "larger: the limit holds for each row).",
    )
