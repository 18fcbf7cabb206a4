"""The section `input` of a config: what is read, and what its columns are called."""

from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from models.strict import PathKey, Spec


class Fields(Spec):
    """Names of the columns in a row (JSON Lines, CSV, Parquet, dataset)."""

    text: str = "text"
    """The Chinese text. `translation.zh` is `zh` inside the column `translation` (for every field);
    a list of text becomes paragraphs."""
    id: str = "id"
    """A stable name of the row."""
    title: str = "title"
    """The headline."""
    date: str = "date"
    """Date of publication, in any format."""
    edition: str = "edition"
    """The edition or story that a row is part of, for `input.edition: rows`."""
    reference: str = "reference"
    """A reference translation."""
    reference_summary: str = "reference_summary"
    """A reference summary, in English or Chinese."""


class DatasetSection(Spec):
    """Which part of a dataset to read."""

    split: str = "train"
    """The split."""
    subset: str | None = None
    """The configuration of a hub dataset."""
    revision: str | None = None
    """The 40-digit commit of a hub dataset (required). With `runtime.offline`, only the local
    caches of `datasets` and the hub are searched."""


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

    paths: Annotated[tuple[str, ...], PathKey("input", ("-",))] = Field(min_length=1)
    """Files, folders (read recursively) and globs; `-` is standard input. With `format: dataset`,
    the name of a hub dataset or a folder saved by `datasets`."""
    format: Literal[
        "auto",
        "markdown",
        "text",
        "html",
        "mhtml",
        "docx",
        "odt",
        "epub",
        "xliff",
        "xml",
        "po",
        "mineru",
        "jsonl",
        "csv",
        "parquet",
        "dataset",
    ] = "auto"
    """`auto` goes by the file name: .md, .txt, .srt, .vtt, .ass, .lrc (subtitles), .html, .hocr,
    .mhtml, .docx, .odt, .epub, .xlf, .xliff, .ttml, .po, .pot, _content_list.json and
    _content_list_v2.json (MinerU), _res.json (PaddleOCR), .jsonl, .csv, .tsv, .parquet, each also
    compressed as .gz or .zst. It also detects folders saved by `datasets`."""
    edition: Literal["none", "folder", "rows"] = "none"
    """What counts as one newspaper: `none`, `folder` or `rows`. Stories that continue on another
    page (下转第2版, 上接第1版) are then joined. `folder`: the pages in one folder (Markdown, text,
    HTML, Word, MinerU). `rows`: consecutive rows with the same `fields.edition`."""
    dataset: DatasetSection = DatasetSection()
    """Which split, subset and revision of a dataset."""
    encoding: str = "auto"
    """`auto` detects UTF-8, GB18030, Big5, UTF-16; or a codec name."""
    fields: Fields = Fields()
    """Names of the columns in rows."""
    max_megabytes: float = Field(default=20, gt=0, le=1_000_000)
    """Refuse a document larger than this. In a file of rows the limit applies to each row."""
