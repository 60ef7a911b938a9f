"""The `openai` package, asynchronous: streams side by side, one of them left in the middle."""

from __future__ import annotations

import asyncio

import openai

HELLO = [{"role": "user", "content": "Hello!"}]


async def streamed(client: openai.AsyncOpenAI) -> str:
    stream = await client.chat.completions.create(
        model="builtin", messages=HELLO, max_tokens=20, temperature=0, stream=True
    )
    return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])


async def left(client: openai.AsyncOpenAI) -> None:
    stream = await client.completions.create(model="builtin", prompt="The", max_tokens=1500, stream=True)
    async for _ in stream:
        break
    await stream.close()


async def main() -> None:
    async with openai.AsyncOpenAI() as client:
        texts = await asyncio.gather(*(streamed(client) for _ in range(6)), left(client))
        assert len({text for text in texts if text}) == 1
        async with client.chat.completions.stream(model="builtin", messages=HELLO, max_tokens=20) as stream:
            final = await stream.get_final_completion()
        assert final.choices[0].message.content


asyncio.run(main())
print("ok")
