"""OpenAI's responses, translated from and to chat completions."""
