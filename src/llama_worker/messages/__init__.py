"""The protocol: every message that goes into a worker and every message that comes out, one Struct each.

On the wire a message is a JSON object whose `type` names it and whose fields are camelCase. Decoding is validating:
an unknown field, a wrong type or a number out of range never gets as far as a worker. `docs/protocol.md` is made from
this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union

from . import channels, replies, values
from .adapters import Adapter
from .base import PROTOCOL_VERSION, ChatMessage, HubFile, Id, LastMessage, Message, ModelPath, Role
from .channels import *  # noqa: F403
from .converted import ConvertedModel
from .ends import ENDS, End
from .files import (
    FileDescription,
    FileDifferences,
    MetadataDifference,
    MetadataEdit,
    MetadataEntry,
    TensorDifference,
    TensorEntry,
)
from .found import Fit, FoundFile, FoundModel
from .mcp import McpServerInfo, McpTool
from .quantized import QuantizedModel
from .rankings import Ranking
from .replies import *  # noqa: F403
from .requests import (
    REQUESTS,
    control,
    converting,
    embeddings,
    files,
    finding,
    functions,
    generation,
    models,
    quantizing,
    sessions,
    setup,
    speech,
    stored,
    tokens,
)
from .requests.base import FunctionSpec, Request, RequestWithFunctions
from .requests.control import *  # noqa: F403
from .requests.converting import *  # noqa: F403
from .requests.embeddings import *  # noqa: F403
from .requests.files import *  # noqa: F403
from .requests.finding import *  # noqa: F403
from .requests.functions import *  # noqa: F403
from .requests.generation import *  # noqa: F403
from .requests.models import *  # noqa: F403
from .requests.quantizing import *  # noqa: F403
from .requests.sessions import *  # noqa: F403
from .requests.setup import *  # noqa: F403
from .requests.speech import *  # noqa: F403
from .requests.stored import *  # noqa: F403
from .requests.tokens import *  # noqa: F403
from .session_info import SessionInfo
from .stored import (
    ExportedModel,
    FileCheck,
    ImportedModel,
    ModelCheck,
    ModelEntry,
    ModelUpdate,
    PinnedModel,
    RemovedModel,
    StoredSize,
    StoreUsage,
)
from .values import *  # noqa: F403

if TYPE_CHECKING:
    Incoming: TypeAlias = Request
else:  # what decoders and generators take apart: each request and each channel, in the documentation's order
    Incoming = Union[(*REQUESTS, *(kind for kind in ENDS if kind.__name__.startswith("Worker")))]

__all__ = [
    "ENDS",
    "PROTOCOL_VERSION",
    "Adapter",
    "ChatMessage",
    "ConvertedModel",
    "End",
    "ExportedModel",
    "FileCheck",
    "FileDescription",
    "FileDifferences",
    "Fit",
    "FoundFile",
    "FoundModel",
    "FunctionSpec",
    "HubFile",
    "Id",
    "ImportedModel",
    "Incoming",
    "LastMessage",
    "McpServerInfo",
    "McpTool",
    "Message",
    "MetadataDifference",
    "MetadataEdit",
    "MetadataEntry",
    "ModelCheck",
    "ModelEntry",
    "ModelPath",
    "ModelUpdate",
    "PinnedModel",
    "QuantizedModel",
    "Ranking",
    "RemovedModel",
    "Request",
    "RequestWithFunctions",
    "Role",
    "SessionInfo",
    "StoreUsage",
    "StoredSize",
    "TensorDifference",
    "TensorEntry",
]
__all__ += channels.__all__
__all__ += replies.__all__
__all__ += control.__all__
__all__ += embeddings.__all__
__all__ += files.__all__
__all__ += speech.__all__
__all__ += finding.__all__
__all__ += converting.__all__
__all__ += functions.__all__
__all__ += generation.__all__
__all__ += models.__all__
__all__ += quantizing.__all__
__all__ += sessions.__all__
__all__ += setup.__all__
__all__ += stored.__all__
__all__ += tokens.__all__
__all__ += values.__all__
