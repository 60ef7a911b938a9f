"""A budget holds where the template opens reasoning in words, of which the engine's own budget knows nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker import LlamaWorker, Model
from tests.gguf_factory import write_gguf

BEGIN, END = "Here are my reasoning steps:\n", "\n[BEGIN FINAL RESPONSE]\n"
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{% if message.reasoning_content %}"
    + BEGIN
    + "{{ message.reasoning_content }}"
    + END
    + "{% endif %}{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n" + BEGIN + "{% endif %}"
)
QUESTION = [{"role": "user", "content": "Why?"}]


async def thinker(worker: LlamaWorker, folder: Path) -> Model:
    path = write_gguf(folder / "thinker.gguf", plain_text=True, endless=True, chat_template=TEMPLATE)
    return await worker.load_model(path)


@pytest.mark.parametrize("paused", [False, True])
async def test_reasoning_ends_and_the_answer_begins(paused: bool, tmp_path: Path) -> None:
    async with LlamaWorker() as worker:
        model = await thinker(worker, tmp_path)
        whole = await model.chat(QUESTION, max_tokens=60, temperature=0)
        assert whole.reasoning
        assert not whole.text
        operation = model.chat(QUESTION, max_tokens=60, temperature=0, reasoning_budget=5)
        pieces = 0
        async for _ in operation:
            pieces += 1
            if paused and pieces == 5:
                operation.pause()
                operation.resume()
        reply = await operation
    assert whole.reasoning.startswith(reply.reasoning)
    assert len(reply.reasoning) < len(whole.reasoning) / 2
    assert reply.text
    assert reply.usage.completion_tokens == 60
    assert reply.finish_reason == "length"
