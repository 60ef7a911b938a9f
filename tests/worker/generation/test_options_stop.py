"""Stop sequences in a text that comes in pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llama_worker.worker.generation.stop_sequences import StopSequenceFilter

LETTERS = st.text("ab", max_size=12)
SEQUENCES = st.lists(st.text("ab", min_size=1, max_size=4), max_size=3)


def expected(text: str, sequences: list[str]) -> tuple[str, str | None]:
    """What a program sees that has the whole text, and stops as soon as a sequence is complete."""
    for end in range(1, len(text) + 1):
        found = [sequence for sequence in sequences if text[:end].endswith(sequence)]
        if found:
            longest = max(found, key=len)
            return text[: end - len(longest)], longest
    return text, None


@given(st.lists(LETTERS, max_size=6), SEQUENCES)
def test_the_pieces_do_not_matter_for_what_is_shown(pieces: list[str], sequences: list[str]) -> None:
    watch = StopSequenceFilter(sequences)
    shown = "".join(watch.feed(piece) for piece in pieces) + watch.flush()
    text = "".join(pieces)
    if not any(sequence in text for sequence in sequences):
        assert (shown, watch.found) == (text, None)
    else:
        assert watch.found in sequences
        assert text.startswith(shown + (watch.found or ""))
        assert not any(sequence in shown for sequence in sequences)


@given(LETTERS, SEQUENCES)
def test_letter_by_letter_it_stops_as_early_as_can_be(text: str, sequences: list[str]) -> None:
    watch = StopSequenceFilter(sequences)
    shown = ""
    for letter in text:
        shown += watch.feed(letter)
        if watch.found is not None:
            break
    shown += watch.flush()
    before, found = expected(text, sequences)
    assert (shown, watch.found) == (before, found)


@given(st.lists(LETTERS, max_size=6), SEQUENCES)
def test_no_more_is_held_back_than_may_be_needed(pieces: list[str], sequences: list[str]) -> None:
    watch = StopSequenceFilter(sequences)
    given_, shown = "", ""
    for piece in pieces:
        given_ += piece
        shown += watch.feed(piece)
        if watch.found is not None:
            return
        held = given_[len(shown) :]
        assert given_ == shown + held
        assert not held or any(sequence.startswith(held) for sequence in sequences)
