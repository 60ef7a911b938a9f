"""What llama-server says of a request that it cannot serve, as errors of ours."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import DecodeError, Struct, ValidationError, json

from ...errors import (
    ContextOverflowError,
    EngineRequestError,
    InvalidMediaError,
    LlamaWorkerError,
    MalformedOutputError,
    NotSupportedError,
    SharedContextFullError,
)


class _Error(Struct):
    message: str = ""
    type: str = ""
    code: int | str | None = None
    n_prompt_tokens: int | None = None
    n_ctx: int | None = None


class _ErrorBody(Struct):
    error: _Error


def refusal(body: bytes, status: int) -> LlamaWorkerError:
    """The engine's error body as an error of ours."""
    try:
        error = json.decode(body, type=_ErrorBody).error
    except (DecodeError, ValidationError):
        text = body[:500].decode(errors="replace").strip()
        return EngineRequestError(f"The engine answered with status {status}: {text}", status=status)
    if error.type == "exceed_context_size_error":
        return _overflow(error)
    for words, refused in _KNOWN.items():
        if words in error.message:
            return refused(error)
    code = error.code if isinstance(error.code, int) else status
    return EngineRequestError(f"The engine refused the request: {error.message}", status=code)


def _overflow(error: _Error) -> LlamaWorkerError:
    return ContextOverflowError(
        # In the middle the words of llama-server, by which programs tell an overflow from other refusals.
        f"The prompt has {error.n_prompt_tokens} tokens, which exceeds the available context size of {error.n_ctx}: "
        "shorten it or create a larger context.",
        prompt_tokens=error.n_prompt_tokens,
        context_size=error.n_ctx,
    )


def _too_large(error: _Error) -> LlamaWorkerError:
    return ContextOverflowError(f"The engine cannot compute the text at once: {error.message}.")


def _shared_context_full(error: _Error) -> LlamaWorkerError:
    return SharedContextFullError(
        "The requests that ran at once were longer together than the context they share: send it again, or load "
        "the model with a larger context_size or kv_unified=False."
    )


def _malformed(error: _Error) -> LlamaWorkerError:
    return MalformedOutputError(
        "The model's answer cannot be read, as it is not in the form of its chat template: ask again, or let it "
        "answer in a form that is enforced."
    )


def _broken_media(error: _Error) -> LlamaWorkerError:
    return InvalidMediaError("An image or a sound of the messages is broken: the engine cannot read its file.")


def _form_cannot_begin(error: _Error) -> LlamaWorkerError:
    return EngineRequestError(
        "The answer cannot begin in the form that was asked for: a response_prefix must be the beginning of what the "
        "schema or the grammar allows.",
        status=400,
    )


def _no_text(error: _Error) -> LlamaWorkerError:
    return NotSupportedError("This model generates no text, as it only embeds or ranks texts: load another for that.")


def _no_memory(error: _Error) -> LlamaWorkerError:
    return EngineRequestError(
        "The engine ran out of memory for this request: send a shorter prompt, a smaller image or a shorter sound; if "
        "none of them is large, the model's chat template is broken.",
        status=400,
    )


_KNOWN: dict[str, Callable[[_Error], LlamaWorkerError]] = {
    # Of a text whose vector is made of all its tokens at once.
    "is too large to process": _too_large,
    # Said to everybody whom it computes for, when there is no cell for the next token of one of them.
    "Context size has been exceeded": _shared_context_full,
    # Of a draft that is verified piece by piece, as no room is found for it as a whole.
    "speculative batch index": _shared_context_full,
    # By `common_chat_peg_parse`; its type and code are those of any failure.
    "The model produced output that does not match the expected ": _malformed,
    # Of a file that begins as an image or a sound does and is none (`process_mtmd_prompt`).
    "Failed to load image or audio file": _broken_media,
    # A grammar that does not take the text that was put before the answer.
    "Failed to initialize samplers: std::exception": _form_cannot_begin,
    "std::bad_alloc": _no_memory,
    # Of an encoder that is asked for an answer.
    "does not support logits computation": _no_text,
}
"""What is said of each, by a part of the engine's own words."""
