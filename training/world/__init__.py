"""The small world that the built-in model lives in: a generator of conversations, the same for the same seed."""

from training.world.chat import Chat, Conversation
from training.world.mix import conversation, conversations, copying

__all__ = ["Chat", "Conversation", "conversation", "conversations", "copying"]
