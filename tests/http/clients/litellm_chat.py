"""`litellm`: a message, a stream, an embedding."""

from __future__ import annotations

import litellm

asked = {"model": "openai/builtin", "messages": [{"role": "user", "content": "Hello!"}], "temperature": 0}
whole = litellm.completion(**asked, max_tokens=20)
assert whole.choices[0].message.content
stream = litellm.completion(**asked, max_tokens=20, stream=True)
assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == whole.choices[0].message.content
assert litellm.embedding(model="openai/builtin", input=["one"], encoding_format="float").data
print("ok")
