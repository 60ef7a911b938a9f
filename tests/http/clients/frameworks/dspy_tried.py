"""`dspy`: a language model, a signature, embeddings."""

import dspy
from proving import HELLO, KEY, TOO_LONG, URL, proved, raised


def model(key=KEY, **options):
    options = {"max_tokens": 200, "temperature": 0, "cache": False} | options
    return dspy.LM("openai/builtin", api_base=f"{URL}/v1", api_key=key, **options)


lm = model()
assert lm(HELLO)[0]
assert lm.history[-1]["usage"]["completion_tokens"] > 0
proved("chat", "token counts")
embedder = dspy.Embedder("openai/builtin", api_base=f"{URL}/v1", api_key=KEY, caching=False, encoding_format="float")
assert len(embedder(["one", "two"])) == 2
proved("embeddings")
raised(lambda: model()(TOO_LONG), dspy.ContextWindowExceededError)
proved("overflow")
raised(lambda: model(key="wrong")(HELLO))
proved("wrong key")
