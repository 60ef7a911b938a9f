"""How one answer is generated."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from .base import (
    AdapterName,
    AdapterScale,
    Count,
    CountOrZero,
    Fraction,
    Options,
    ReasoningEffort,
    Seconds,
    Seed,
    SpecialTokens,
    StopSequence,
)
from .mcp import ServerName
from .sampling import Bias, DryRepeatPenalty, DynamicTemperature, Mirostat, RepeatPenalty, Xtc

PYTHON_ONLY = frozenset({"functions", "response_format", "approve"})
"""What a prompt takes beside its options, because no message can carry it as it is."""


class PromptOptions(Options, frozen=True, kw_only=True):
    """How one answer is generated (`session.prompt`, `model.chat`, `model.complete`).

    *Length.* `max_tokens`: of one answer, reasoning and function calls included; default: until the model ends it or
    the context is full. 0 reads the prompt and answers nothing. `stop_sequences`: texts that end the answer; they are
    not part of it and are never streamed.

    *Sampling.* `temperature`: 0 is greedy; `top_p`; `top_k`, 0 is the whole vocabulary; `min_p`. Where these four are
    not given the model file's own recommendation is used (`general.sampling.*` in its metadata), else 0.8, 0.95, 40
    and 0.05. `typical_p`, `top_n_sigma` (standard deviations), `xtc`, `mirostat`, `dynamic_temperature`: off by
    default. `seed`: same seed, same text; default: a new one each time. `repeat_penalty`, `dry_repeat_penalty`:
    default off (False). `token_bias`: {word or token id: "never" | -1 to 1 | {"logit": x}}, or a list of such pairs;
    a word's bias goes to each of its tokens.

    *Form.* `response_prefix`: text that the answer starts with; it is part of the reply and does not count.
    `trim_whitespace_suffix`: cut white space off the end. `grammar`: GBNF text, or the name of one of ours ("json",
    "json_arr", "list", "arithmetic", "english", "chess", "c", "japanese"). `json_schema`: the answer is JSON of that
    schema. `logprobs`: log probabilities of each token and of so many alternatives (1 to 20).

    *Functions.* `function_choice`: "auto" (default), "none", "required", or a function's name. The last two force
    the first answer to be a call, without text or reasoning before it; a reply that `max_tokens` ends has no call.
    `max_function_rounds`: answers that may call functions before one that must not (default 10).
    `max_parallel_function_calls`: calls in one answer, which ends when one more begins; default as many as the model
    wants.
    `function_timeout`: seconds for each call (default 60). `on_function_error`: "report" (default) tells the model,
    "raise" ends the prompt with `FunctionCallError`. `mcp`: True lets the model call the tools of all the worker's
    `mcp_servers`, names those of some (docs/guide/mcp.md); default False.

    *Adapters.* `lora`: {name: scale} of the adapters of `load_model(loras=...)` that are applied, 1 being as they were
    trained; those not named are not applied. Default: as the session says, else none.

    *Reasoning.* `reasoning_effort`: how hard to think, from "none" to "max", in the words of the model's chat template,
    or as a budget where it has none (docs/guide/reasoning.md); default: as the session says, else the model's own.
    `reasoning_budget`: tokens of reasoning before the model must answer; 0 is none, default no limit.

    *Safety.* `special_tokens`: what becomes of names of special tokens, such as `<|im_end|>`, in messages, in results
    and in definitions of functions: "inert" (read as text), "refuse" (`InvalidOptionsError`) or "allow" (they are those
    tokens); default: as the session says, else "inert". `system_special_tokens`: the same for system messages. A
    completion, a `response_prefix` and a grammar are the program's own and stay as they are.

    *Running.* `evaluation_priority`: 1 to 5 (default 5), who goes first when requests wait. `stop_on_abort`: an abort
    returns the partial reply with `finish_reason == "abort"` in place of raising. `cache_prompt`: reuse what the
    engine has computed of the same beginning (default True). `reproducible`: the same text each time, whatever else
    runs, computed alone and from the beginning (docs/guide/reproducible.md); default False. `system_prompt`: used when
    this request creates the session or the list of messages has none; ignored by an existing session.
    `chat_template_options`: variables for the model's chat template, such as {"enable_thinking": False}.
    `engine_options`: further fields of llama.cpp's request, sent as they are; only what would keep the engine
    busy for others is refused.
    """

    max_tokens: CountOrZero | None = None
    temperature: Annotated[float, Meta(ge=0.0, le=1000.0)] | None = None
    top_p: Fraction | None = None
    top_k: CountOrZero | None = None
    min_p: Fraction | None = None
    typical_p: Annotated[float, Meta(gt=0.0, le=1.0)] | None = None
    top_n_sigma: Annotated[float, Meta(gt=0.0, le=1000.0)] | None = None
    dynamic_temperature: DynamicTemperature | None = None
    xtc: Xtc | None = None
    mirostat: Mirostat | None = None
    seed: Seed | None = None
    repeat_penalty: RepeatPenalty | Literal[False] = False
    dry_repeat_penalty: DryRepeatPenalty | Literal[False] = False
    token_bias: dict[int | str, Bias] | tuple[tuple[int | str, Bias], ...] = ()
    stop_sequences: Annotated[tuple[StopSequence, ...], Meta(max_length=64)] = ()
    system_prompt: str | None = None
    response_prefix: str = ""
    trim_whitespace_suffix: bool = False
    grammar: Annotated[str, Meta(min_length=1)] | None = None
    json_schema: dict[str, Any] | None = None
    logprobs: Annotated[int, Meta(ge=1, le=20)] | None = None
    function_choice: str = "auto"
    max_function_rounds: Count = 10
    max_parallel_function_calls: Count | None = None
    function_timeout: Seconds = 60.0
    on_function_error: Literal["report", "raise"] = "report"
    mcp: bool | tuple[ServerName, ...] = False
    lora: dict[AdapterName, AdapterScale] | None = None
    reasoning_effort: ReasoningEffort | None = None
    reasoning_budget: CountOrZero | None = None
    special_tokens: SpecialTokens | None = None
    system_special_tokens: SpecialTokens | None = None
    evaluation_priority: Annotated[int, Meta(ge=1, le=5)] = 5
    stop_on_abort: bool = False
    cache_prompt: bool = True
    reproducible: bool = False
    chat_template_options: dict[str, Any] = field(default_factory=dict)
    engine_options: dict[str, Any] = field(default_factory=dict)
