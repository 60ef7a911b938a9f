"""The abilities. Whoever builds one adds it here, and `python -m generators` looks for it behind every door."""

from __future__ import annotations

from .ability import Ability

_PASSED = "A client over HTTP sends the whole conversation with each request, which is `/v1/chat/completions`."
_ENDS = "A client over HTTP closes its connection, or opens it: there is no second request about a first one."
_JOURNAL = "The command line's conversation is over when the command ends."

ABILITIES = (
    Ability(
        name="Answers to messages",
        methods=("Model.chat",),
        http=("/v1/chat/completions", "/v1/responses", "/v1/messages"),
        command="run",
        page="docs/guide/sessions.md",
        test="tests/worker/test_worker.py",
    ),
    Ability(
        name="Conversations",
        methods=("Model.create_session", "ChatSession.prompt"),
        command="run",
        page="docs/guide/sessions.md",
        test="tests/worker/chat/test_session.py",
        holes={"HTTP": _PASSED},
    ),
    Ability(
        name="Continuing a text",
        methods=("Model.complete",),
        http=("/v1/completions",),
        page="docs/guide/options.md",
        test="tests/worker/generation/test_length.py",
        holes={"command line": "People at a terminal want answers; a text that goes on is for programs."},
    ),
    Ability(
        name="Answers in a form: JSON, a schema, a grammar",
        options=("PromptOptions.json_schema", "PromptOptions.grammar"),
        http=("response_format", "json_schema", "grammar"),
        command="run --option",
        page="docs/guide/structured-output.md",
        test="tests/worker/structured/test_response_format.py",
    ),
    Ability(
        name="Functions that the model calls",
        methods=("ChatSession.answer_calls",),
        options=("PromptOptions.function_choice",),
        http=("tools", "tool_choice"),
        page="docs/guide/tools.md",
        test="tests/worker/tools/test_toolbox.py",
        holes={"command line": "A function is code, which a command line does not hold."},
    ),
    Ability(
        name="Aborting, pausing and going on",
        methods=("Operation.abort", "Operation.pause", "Operation.resume"),
        command="run",
        page="docs/guide/sessions.md",
        test="tests/worker/generation/test_pause.py",
        holes={"HTTP": _ENDS},
    ),
    Ability(
        name="Tokens of a text, and counting them",
        methods=("Model.tokenize", "Model.detokenize", "Model.count_tokens"),
        http=("/tokenize", "/detokenize", "/v1/messages/count_tokens"),
        page="docs/guide/special-tokens.md",
        test="tests/worker/test_worker.py",
        holes={"command line": "`render` shows the tokens of what a model is asked."},
    ),
    Ability(
        name="Conversations in files",
        methods=("ChatSession.save", "Model.load_session"),
        page="docs/guide/saving.md",
        test="tests/worker/chat/test_saving.py",
        holes={"HTTP": _PASSED, "command line": _JOURNAL},
    ),
    Ability(
        name="Conversations that outlive the program",
        methods=("LlamaWorker.list_sessions", "Model.resume_session"),
        options=("LlamaOptions.journal",),
        page="docs/guide/journal.md",
        test="tests/worker/journal/test_journal.py",
        holes={"HTTP": _PASSED, "command line": _JOURNAL},
    ),
    Ability(
        name="Fetching models",
        methods=("LlamaWorker.download_model",),
        http=("/models/pull",),
        command="pull",
        page="docs/downloads.md",
        test="tests/models/download/test_download.py",
    ),
    Ability(
        name="LoRA adapters, chosen for each prompt",
        options=("ModelOptions.loras", "PromptOptions.lora", "SessionOptions.lora"),
        http=("lora",),
        file=True,
        command="run --option",
        page="docs/guide/adapters.md",
        test="tests/worker/companions/test_loras.py",
    ),
    Ability(
        name="Drafts: of what a text repeats, and of a smaller model",
        options=("ModelOptions.speculative", "ModelOptions.draft_model", "ModelOptions.draft_tokens"),
        file=True,
        command="run --option",
        page="docs/guide/speculation.md",
        test="tests/worker/companions/test_speculation.py",
    ),
    Ability(
        name="Settings of the engine: caches, positions, experts, checkpoints, several GPUs",
        options=(
            "ModelOptions.cache_type_k",
            "ModelOptions.rope",
            "ModelOptions.cpu_moe",
            "ModelOptions.context_checkpoints",
            "ModelOptions.tensor_split",
        ),
        file=True,
        command="run --option",
        page="docs/guide/engine-settings.md",
        test="tests/worker/settings/test_effects.py",
    ),
    Ability(
        name="Any other argument of the engine",
        options=("ModelOptions.engine_arguments",),
        file=True,
        command="run --option",
        page="docs/guide/engine-settings.md",
        test="tests/engine/arguments/test_check.py",
    ),
)
