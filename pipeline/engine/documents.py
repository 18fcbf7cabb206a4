"""The input of a config as documents; what cannot be read is set aside."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pipeline.config.sections import Config
from pipeline.engine.intake import Intake
from pipeline.engine.keys import cut, documents_key
from pipeline.engine.remote_input import bring_inputs
from pipeline.input.hub_datasets import DatasetChoice
from pipeline.input.read import read_documents
from pipeline.language.plural import plural
from pipeline.records import Document, Edition, Failure


@dataclass(slots=True)
class Tally:
    """How much has been read: documents that stand alone, editions, and the pages of these."""

    documents: int = 0
    editions: int = 0
    pages: int = 0

    def add(self, read: Document | Edition) -> None:
        """Count one more."""
        if isinstance(read, Edition):
            self.editions += 1
            self.pages += len(read.pages)
        else:
            self.documents += 1

    def __str__(self) -> str:
        alone = plural(self.documents, "document")
        if not self.editions:
            return alone
        together = f"{plural(self.editions, 'edition')} of {plural(self.pages, 'page')}"
        return f"{alone} and {together}" if self.documents else together


def document_shards(
    config: Config, unread: list[Failure], limit: int | None, tally: Tally, intake: Intake
) -> Iterator[tuple[str, list[Document | Edition]]]:
    """Yield the input in shards, each with its key; count it in `tally`. See `documents`."""
    for shard in cut(documents(config, unread, limit, intake), config.runtime.shard_size):
        for read in shard:
            tally.add(read)
        yield documents_key(shard), shard


def documents(
    config: Config, unread: list[Failure], limit: int | None, intake: Intake
) -> Iterator[Document | Edition]:
    """Yield the first `limit` documents or editions that can be read; put the rest into `unread`.

    `intake` adds up what the readers notice. Raises ConfigError at once if a path does not exist
    or a pattern matches nothing.
    """
    return islice(_readable(config, unread, intake), limit)


def _readable(
    config: Config, unread: list[Failure], intake: Intake
) -> Iterator[Document | Edition]:
    section = config.input
    paths, bases = bring_inputs(section.paths, section.bases)
    for item in read_documents(
        paths,
        format=section.format,
        encoding=section.encoding,
        fields=section.fields.model_dump(),
        max_bytes=int(section.max_megabytes * 1_000_000),
        dataset=DatasetChoice(**section.dataset.model_dump(), offline=config.runtime.offline),
        edition=section.edition,
        noted=intake.encoding,
        accounted=intake.account,
        passed_over=intake.pass_over,
        parts_unread=intake.leave_unread,
        bases=bases,
    ):
        if isinstance(item, Failure):
            unread.append(item)
        else:
            yield item
