"""Operations: work that can be awaited, streamed, watched, paused and aborted."""
