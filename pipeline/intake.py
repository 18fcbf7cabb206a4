"""The input of a config as documents; what cannot be read is set aside."""

from collections.abc import Iterator
from itertools import islice

from pipeline.config import Config
from pipeline.formats.read import Noted, read_documents
from pipeline.formats.tabular import DatasetChoice
from pipeline.records import Document, Failure


def documents(
    config: Config,
    unread: list[Failure],
    limit: int | None,
    noted: Noted = lambda source, encoding: None,
) -> Iterator[Document]:
    """Yield the first `limit` documents that can be read; put what cannot into `unread`.

    `noted` is told the encoding of every text file. Raises ConfigError at once if a path
    does not exist or a pattern matches nothing.
    """
    return islice(_readable(config, unread, noted), limit)


def _readable(config: Config, unread: list[Failure], noted: Noted) -> Iterator[Document]:
    section = config.input
    for item in read_documents(
        section.paths,
        format=section.format,
        encoding=section.encoding,
        fields=section.fields.model_dump(),
        max_bytes=int(section.max_megabytes * 1_000_000),
        dataset=DatasetChoice(**section.dataset.model_dump(), offline=config.runtime.offline),
        noted=noted,
    ):
        if isinstance(item, Failure):
            unread.append(item)
        else:
            yield item
