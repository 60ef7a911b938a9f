"""A chat over HTTP with FastAPI: answers stream, and one that nobody reads any more stops in the engine.

`python app.py [MODEL]`
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel, Field

from llama_worker import LlamaWorker, Model, Operation, errors, events


class Message(BaseModel):
    role: Literal["system", "user", "assistant"]
    content: str


class Question(BaseModel):
    messages: list[Message] = Field(min_length=1)
    max_tokens: int = Field(500, ge=1)


class Choice(BaseModel):
    name: str


class Chosen:
    """The model that answers. Loading one that does not work leaves the app as it was, with the reason."""

    def __init__(self, worker: LlamaWorker) -> None:
        self._worker = worker
        self._loading: Operation[Model, events.Progress] | None = None
        self.model: Model | None = None
        self.error: dict[str, str] | None = None

    async def load(self, name: str) -> None:
        self._loading = loading = self._worker.load_model(name)
        before, self.error = self.model, None
        try:
            self.model = await loading
            if before is not None and before is not self.model:
                await before.unload()
        except errors.LlamaWorkerError as error:
            self.error = described(error)

    @property
    def state(self) -> dict[str, Any]:
        progress = self._loading.progress if self._loading else 0
        return {"name": self.model.name if self.model else None, "progress": progress, "error": self.error}


def described(error: errors.LlamaWorkerError) -> dict[str, str]:
    """Programs decide by the code, people read the message."""
    return {"code": error.code, "message": str(error)}


def create_app(model_name: str = "builtin") -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with LlamaWorker() as worker:  # the engine ends with the app
            app.state.chosen = chosen = Chosen(worker)
            loading = asyncio.create_task(chosen.load(model_name))  # the app answers meanwhile
            yield
            loading.cancel()

    app = FastAPI(title="llama-worker with FastAPI", lifespan=lifespan)

    @app.get("/")
    def page() -> FileResponse:
        return FileResponse(Path(__file__).with_name("index.html"))

    @app.get("/model")
    async def state(request: Request) -> dict[str, Any]:
        return state_of(request).state

    @app.put("/model")
    async def load(choice: Choice, request: Request) -> dict[str, Any]:
        chosen = state_of(request)
        await chosen.load(choice.name)
        if chosen.error:
            raise HTTPException(422, chosen.error)
        return chosen.state

    @app.post("/chat", response_class=EventSourceResponse)
    async def chat(question: Question, request: Request) -> AsyncIterator[dict[str, Any]]:
        chosen = state_of(request)
        if chosen.model is None:
            yield {"error": chosen.error or {"code": "loading", "message": "The model is still loading."}}
            return
        try:
            answer = chosen.model.chat(question.model_dump()["messages"], max_tokens=question.max_tokens)
            async for text in answer:  # leaving this loop, as FastAPI does when the client is gone, aborts the answer
                yield {"text": text}
            reply = await answer
            yield {"finish_reason": reply.finish_reason, "tokens": reply.usage.completion_tokens}
        except errors.LlamaWorkerError as error:  # too long, the engine died...; the next question is answered again
            yield {"error": described(error)}

    return app


def state_of(request: Request) -> Chosen:
    chosen: Chosen = request.app.state.chosen
    return chosen


if __name__ == "__main__":
    uvicorn.run(create_app(*sys.argv[1:2]), port=int(os.environ.get("PORT", "8000")))
