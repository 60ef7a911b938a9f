"""What a server may be told."""

from typing import Annotated

from msgspec import Meta

from .base import Count, CountOrZero, Options, Seconds, SecondsOrZero, SpecialTokens

DEFAULT_PORT = 8321
DEFAULT_KEEP_ALIVE = 300.0


class ServerOptions(Options, frozen=True, kw_only=True):
    """How the HTTP door behaves (`create_app(...)`); the API key is not among them, so that no log can show it.

    `allowed_hosts`: names that the Host header may have beside localhost and the loopback addresses.
    `allowed_origins`: web pages of other origins that may use the API from a browser ("https://app.example").
    `max_body_bytes`: the largest request body (default 32 MiB). `total_body_bytes`: of all requests that are being
    answered (default 256 MiB); more get 503. `max_depth`: of its JSON (default 64).
    `max_queue`: requests that may wait for a model; more get 503 (default 64).
    `max_models`: models that requests may load at once; the one unused for longest makes room (default: as many as fit
    into memory). `keep_alive`: seconds after which an unused model that a request loaded is ended; 0 and None keep it
    while there is room (default 300).
    `send_buffer_bytes`: what may be generated of a streamed answer before it is read (default 1 MiB); only a reader who
    is further behind makes the model wait. `total_send_buffer_bytes`: of all streams together (default 64 MiB).
    `write_timeout`: seconds that a client may read nothing before it is dropped (default 60).
    `busy_write_timeout`: the same for one who makes the model wait while others want it; the answer then ends with the
    error `slow_reader` (default 2).
    `stored_responses`: how many responses (`/v1/responses`) are kept for requests that go on with them, the newest
    (default 1000); 0 keeps none.
    `max_connections`: connections at once; for one more the one idle for longest is closed (default 512).
    `download_from`: where requests may have models downloaded from: "hub" (default) for Hugging Face, hosts with or
    without a port, "*" for all public addresses; addresses and networks inside of yours only where they are named.
    `special_tokens`: names of special tokens in messages and tools are read as text ("inert", default), refused
    ("refuse"), or are those tokens ("allow"); `system_special_tokens`: the same for system messages. A request may
    say either for itself.
    """

    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    max_body_bytes: Count = 32 * 2**20
    total_body_bytes: Count = 256 * 2**20
    max_depth: Annotated[int, Meta(ge=1, le=500)] = 64
    max_queue: CountOrZero = 64
    max_models: Count | None = None
    keep_alive: SecondsOrZero | None = DEFAULT_KEEP_ALIVE
    send_buffer_bytes: Count = 2**20
    total_send_buffer_bytes: Count = 64 * 2**20
    write_timeout: Seconds = 60.0
    busy_write_timeout: Seconds = 2.0
    max_connections: Count = 512
    download_from: tuple[str, ...] = ("hub",)
    stored_responses: CountOrZero = 1000
    special_tokens: SpecialTokens = "inert"
    system_special_tokens: SpecialTokens = "inert"
