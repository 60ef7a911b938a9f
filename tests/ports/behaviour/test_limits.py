"""Forms that would keep the engine busy, over a bridge: refused at the other end, and nobody else notices."""

from __future__ import annotations

import pytest

from llama_worker import Model
from llama_worker.errors import InvalidOptionsError
from tests.worker.structured.hostile import FIELDS

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("name", FIELDS)
async def test_hostile_forms_are_refused(noise: Model, name: str) -> None:
    for fields in (FIELDS[name], {"engine_options": FIELDS[name]}):
        with pytest.raises(InvalidOptionsError):
            await noise.complete("x", **fields)
    assert (await noise.complete("x", max_tokens=1)).usage.completion_tokens == 1


async def test_functions_are_looked_at_too(noise: Model) -> None:
    tool = {"name": "f", "description": "", "parameters": FIELDS["20,000 values"]["json_schema"]}
    with pytest.raises(InvalidOptionsError, match="values"):
        await noise.chat([{"role": "user", "content": "Hi"}], functions=[tool])
