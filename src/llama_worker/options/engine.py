"""How engines run."""

from typing import Annotated, Literal

from msgspec import Meta, field

from .base import ByteCount, Count, FileName, Options, Seconds
from .mcp import McpServerOptions, ServerName


class LlamaOptions(Options, frozen=True, kw_only=True):
    """How this worker runs engines (`LlamaWorker(...)`, `initialize(...)`).

    `engine`: "auto" (default; the environment's `LLAMA_WORKER_ENGINE`, else the bundled xllamacpp), "xllamacpp",
    or the path or command name of a `llama-server` executable.
    `num_threads`: threads for each engine; default: the physical cores that others leave free, decided again
    while it computes (docs/guide/threads.md).
    `gpu`: False keeps every layer on the CPU, "auto" (default) lets the engine use what it finds.
    `debug`: keep the engine's verbose log in its tail.
    `load_stall_timeout`: seconds without any sign of life while loading before the engine is given up (default 120).
    `response_stall_timeout`: seconds without any sign of life while answering (default 600).
    `abort_stall_timeout`: seconds after which an engine is replaced that does not let go of a request that was aborted
    (default 5; eight batches when those take longer). Other requests that it serves then fail with `EngineDiedError`.
    `sandbox`: True (default) keeps an engine from whatever it does not need: other files, the network, programs, memory
    beyond its limit; how far depends on the system (docs/reliability.md, and `llama-worker doctor`).
    `politeness`: "background" computes only when nobody else on the machine wants to, and the stall timeouts are then
    ten times as long; default "normal".
    `journal`: a file in which every conversation is kept as it goes, so that a killed program finds it again
    (`worker.list_sessions()`, `model.resume_session(id)`); made when it is not there, with its folder. Default: none.
    `state_cache`: where to keep what engines have computed of conversations, so that after an unload or a death they
    are not read again. True (default): in a private directory, for as long as the worker lives; a directory: also for
    the next worker; False: nothing is kept.
    `state_cache_bytes`: how much of it at most (default 2 GiB); what was used longest ago goes first.
    `memory_budget`: bytes of main memory that all models of this worker may take together, by their estimates; default:
    what the machine has. What does not fit makes room first, see `load_model`'s `keep`.
    `model_stores`: folders in which models are looked for, in this order, before those of the environment
    (`LLAMA_WORKER_STORES`) and the user's own; downloads go to the first that can be written to
    (docs/models.md).
    `model_lock`: a `llama-worker.lock`; models that it does not have, byte for byte, are refused with
    `ModelNotLockedError`, and names of those that it has lead to the revision that is locked. Default: none.
    `signatures`: "enforce" refuses models that are not signed by who is trusted with `ModelNotSignedError`, "warn" logs
    it, "off" (default) does not look (docs/models.md; needs the extra `signing`).
    `signature_key`: the file of the public key (PEM, an elliptic curve) whose signatures are trusted. Or
    `signature_identity`, who signs by Sigstore, an address mostly, with `signature_issuer`, the address of who vouches
    for that; Sigstore's own keys are then asked for over the network, or read from the file `signature_trust_config`.
    `mcp_servers`: servers of the Model Context Protocol by name, whose tools prompts may offer a model (`mcp=True`,
    docs/guide/mcp.md); each is started when a prompt first asks for it, and ended with the worker.
    """

    engine: Annotated[str, Meta(min_length=1)] = "auto"
    num_threads: Count | None = None
    gpu: Literal["auto", False] = "auto"
    debug: bool = False
    load_stall_timeout: Seconds = 120.0
    response_stall_timeout: Seconds = 600.0
    abort_stall_timeout: Seconds = 5.0
    sandbox: bool = True
    politeness: Literal["normal", "background"] = "normal"
    journal: FileName | None = None
    state_cache: bool | FileName = True
    state_cache_bytes: ByteCount = 2 << 30
    memory_budget: ByteCount | None = None
    model_stores: tuple[FileName, ...] = ()
    model_lock: FileName | None = None
    signatures: Literal["off", "warn", "enforce"] = "off"
    signature_key: FileName | None = None
    signature_identity: Annotated[str, Meta(min_length=1)] | None = None
    signature_issuer: Annotated[str, Meta(min_length=1)] | None = None
    signature_trust_config: FileName | None = None
    mcp_servers: dict[ServerName, McpServerOptions] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.signature_key is not None and self.signature_identity is not None:
            raise ValueError("either `signature_key` is trusted or `signature_identity`")
        if (self.signature_identity is None) != (self.signature_issuer is None):
            raise ValueError("`signature_identity` and `signature_issuer` belong together")
        if self.signatures != "off" and self.signature_key is None and self.signature_identity is None:
            raise ValueError("`signatures` needs a `signature_key`, or a `signature_identity`, to trust")
