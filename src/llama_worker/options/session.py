"""How a conversation begins and what happens when it grows too long."""

from typing import Annotated, Literal

from msgspec import Meta

from .base import AdapterName, AdapterScale, Options, ReasoningEffort, SpecialTokens


class SessionOptions(Options, frozen=True, kw_only=True):
    """How a chat session begins (`create_session(...)`, `initialize_session(...)`).

    `system_prompt`: first message of the conversation; default none.
    `overflow`: what to do when the conversation does not fit into the context any more. "drop_oldest" (default)
    leaves the oldest turns out of what the model sees and keeps the system prompt; "error" raises
    `ContextOverflowError`. `create_session(overflow=function)` takes a function of one's own.
    `overflow_reserve`: the share of the context that is free again after dropping (default 0.1).
    `reasoning_effort`: of prompts that say none themselves, see `PromptOptions`.
    `special_tokens`: what becomes of names of special tokens, such as `<|im_end|>`, in what people, tools and functions
    say. "inert" (default): they are read as text; "refuse": `InvalidOptionsError`; "allow": they are those tokens.
    `system_special_tokens`: the same for the system prompt.
    `lora`: {name: scale} of the adapters that all its prompts are answered with, unless a prompt says otherwise.
    """

    system_prompt: str | None = None
    overflow: Literal["drop_oldest", "error"] = "drop_oldest"
    overflow_reserve: Annotated[float, Meta(ge=0.0, le=0.9)] = 0.1
    reasoning_effort: ReasoningEffort | None = None
    special_tokens: SpecialTokens = "inert"
    system_special_tokens: SpecialTokens = "inert"
    lora: dict[AdapterName, AdapterScale] | None = None
