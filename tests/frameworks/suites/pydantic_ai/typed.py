"""What mypy must understand of the provider."""

from __future__ import annotations

from typing import assert_type

from pydantic import BaseModel
from pydantic_ai import Agent

from llama_worker.integrations.pydantic_ai import LlamaWorkerModel, LlamaWorkerModelSettings


class Person(BaseModel):
    name: str


agent = Agent(LlamaWorkerModel("builtin", model_options={"context_size": 512}), output_type=Person)
assert_type(agent.run_sync("Hi").output, Person)
LlamaWorkerModelSettings(llama_worker_options={"temprature": 1})  # type: ignore[typeddict-unknown-key]
