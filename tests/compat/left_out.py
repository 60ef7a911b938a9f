"""What of llama.cpp's tests of its server is left out, and why; docs/clients.md lists it."""

from __future__ import annotations

_ENGINE = "is about arguments of llama-server that are options of `load_model` here"
_CODE = "lets a model run programs on the server's machine, which this server does not"

FILES: dict[str, str] = {
    "test_compat_gcp.py": "Google's form of requests, which a deployment there translates, is not served",
    "test_ctx_shift.py": _ENGINE,
    "test_kv_keep_only_active.py": _ENGINE,
    "test_lora.py": "needs a model and an adapter of a hub; adapters are said by each request here",
    "test_mcp_servers.py": _CODE,
    "test_metrics.py": "the metrics have names of their own, with those of each engine beside them",
    "test_proxy.py": _CODE,
    "test_router.py": "models are loaded by other routes (`/models/load` and so on)",
    "test_sleep.py": _ENGINE,
    "test_slot_save.py": "what was computed of a conversation is kept by itself",
    "test_speculative.py": "needs models of a hub",
    "test_stream.py": "answers go on when a connection breaks over `/ws`",
    "test_systemone.py": "decisions in a form are answers with a schema here",
    "test_template.py": _ENGINE,
    "test_tool_call.py": "needs models and templates of a hub; `tests/families/` tries templates and tools",
    "test_tools_builtin.py": _CODE,
}
"""By their names in `tools/server/tests/unit`."""
TESTS: dict[str, str] = {}
"""By `FILE::TEST`."""
