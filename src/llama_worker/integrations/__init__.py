"""Providers for other people's frameworks, in their own forms: the model answers in the program's process tree, without
a server between.

Each framework has a package here, which needs an extra of the same name: `pip install "llama-worker[langchain]"`, and
then `from llama_worker.integrations.langchain import ChatLlamaWorker`. Nothing of a framework is imported before that.
"""

from .access.shared import shared_worker

__all__ = ["shared_worker"]
