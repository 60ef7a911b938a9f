"""Scripts in files, for programs that are tested from outside: JSON or TOML."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, structs

from ...errors import InvalidOptionsError
from ..model import FakeModel
from ..scripted import Kind, Modality
from .faults import ContextOverflows, DownloadFails, EngineDies, EngineHangs, EngineRefuses, LoadFails, MalformedCall
from .replies import FakeCall, FakeReply
from .script import Then

WrittenFault = EngineDies | EngineHangs | EngineRefuses | ContextOverflows | MalformedCall


class WrittenReply(Struct, forbid_unknown_fields=True):
    """A `FakeReply`; `value` is said as JSON in place of a text."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[FakeCall, ...] = ()
    pieces: tuple[str | float, ...] = ()
    delay: float = 0.0
    fault: WrittenFault | None = None
    finish_reason: Literal["length"] | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    value: Any = None

    def reply(self) -> FakeReply:
        fields = structs.asdict(self)
        value = fields.pop("value")
        if value is not None:
            fields["text"] = msgspec.json.encode(value).decode()
        return FakeReply(**fields)


class WrittenRule(Struct, forbid_unknown_fields=True):
    """What is said whenever the user's last message contains `when`."""

    when: str
    reply: str | WrittenReply


class WrittenModel(Struct, forbid_unknown_fields=True):
    """A `FakeModel`, by the names of its arguments."""

    replies: tuple[str | WrittenReply, ...] = ()
    rules: tuple[WrittenRule, ...] = ()
    then: Then = "fail"
    kind: Kind = "chat"
    modalities: tuple[Modality, ...] = ()
    context_size: int = 8192
    dimensions: int = 256
    load_seconds: float = 0.0
    load_fault: LoadFails | None = None
    size_bytes: int = 1 << 30
    download_seconds: float = 0.0
    download_fault: DownloadFails | None = None

    def model(self) -> FakeModel:
        same = {name: getattr(self, name) for name in _SAME}
        model = FakeModel(*map(_reply, self.replies), **same)
        for rule in self.rules:
            model.when(rule.when, _reply(rule.reply))
        return model


_SAME = tuple(name for name in WrittenModel.__struct_fields__ if name not in ("replies", "rules"))


class WrittenScript(WrittenModel, forbid_unknown_fields=True):
    """One model for all names; or `models`, by patterns of names."""

    models: dict[str, WrittenModel] = {}


def read_script(path: Path) -> dict[str, FakeModel]:
    """The fake models of a file that ends in .json or .toml, by patterns of names.

    Raises `InvalidOptionsError` for a file that cannot be read or is no script.
    """
    decode = msgspec.toml.decode if path.suffix == ".toml" else msgspec.json.decode
    try:
        script = decode(path.read_bytes(), type=WrittenScript)
    except OSError as error:
        raise InvalidOptionsError(f"The script {path} cannot be read: {error.strerror}.", path="fake") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidOptionsError(f"{path} is no script of fake models: {error}.", path="fake") from error
    named = {pattern: model.model() for pattern, model in script.models.items()}
    return named if named and not (script.replies or script.rules) else named | {"*": script.model()}


def _reply(written: str | WrittenReply) -> str | FakeReply:
    return written if isinstance(written, str) else written.reply()
