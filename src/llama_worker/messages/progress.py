"""How far downloads and work on files are, as messages, each made of its event and back."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from .base import Id, Message
from .events import Downloading, Processing

OperationId = Annotated[str, Meta(description="Which operation this is about.")]
Fraction = Annotated[float, Meta(ge=0.0, le=1.0, description="From 0 to 1; it never falls.")]


class DownloadProgress(Message, frozen=True, kw_only=True):
    """How far a download is; sizes in bytes, speed in bytes per second, of all the model's files together. `digest` is
    what the file that is being fetched must have ("sha256:..."), as far as its server tells it. `chosen` is the model
    that was chosen where only a repository was named, and `reason` says why."""

    request_id: Id | None = None
    progress: Fraction
    file: Annotated[str, Meta(description="Which of the model's files is being fetched.")] = ""
    downloaded_bytes: int = 0
    total_bytes: int | None = None
    bytes_per_second: float = 0.0
    seconds_left: float | None = None
    digest: str | None = None
    chosen: str = ""
    reason: str = ""
    operation_id: OperationId = ""

    @classmethod
    def of(cls, event: Downloading, **ids: Any) -> DownloadProgress:
        """The message that tells of an event; `ids` are the message's own fields."""
        same = {name: getattr(event, name) for name in _SAME_OF_A_DOWNLOAD}
        return cls(progress=event.value, file=event.stage, **same, **ids)

    @property
    def event(self) -> Downloading:
        """The event that it tells of."""
        same = {name: getattr(self, name) for name in _SAME_OF_A_DOWNLOAD}
        return Downloading(value=self.progress, stage=self.file, **same)


_SAME_OF_A_DOWNLOAD = tuple(
    name for name in Downloading.__struct_fields__ if name in DownloadProgress.__struct_fields__
)


class FileProgress(Message, frozen=True, kw_only=True):
    """How far work on a model's files is (quantizing, say): sizes in bytes of what it reads, and of what it has
    written; `parts` are tensors, or files."""

    progress: Fraction
    stage: Annotated[str, Meta(description="What it is at.")] = ""
    done_bytes: int = 0
    total_bytes: int | None = None
    written_bytes: int = 0
    done_parts: int = 0
    parts: int = 0
    bytes_per_second: float = 0.0
    seconds_left: float | None = None
    operation_id: OperationId = ""

    @classmethod
    def of(cls, event: Processing, **ids: Any) -> FileProgress:
        """The message that tells of an event; `ids` are the message's own fields."""
        return cls(progress=event.value, **{name: getattr(event, name) for name in _SAME_OF_FILE_WORK}, **ids)

    @property
    def event(self) -> Processing:
        """The event that it tells of."""
        return Processing(value=self.progress, **{name: getattr(self, name) for name in _SAME_OF_FILE_WORK})


_SAME_OF_FILE_WORK = tuple(name for name in Processing.__struct_fields__ if name in FileProgress.__struct_fields__)
