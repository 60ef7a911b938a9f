"""Prompts to measure with: another text each time, so that no cache has it and nothing in it foretells the rest."""

from __future__ import annotations

import random

# The most frequent words of written English, in order; the nth is drawn in proportion to 1/n, as in any book.
_IN_ORDER = """
the of and to a in that it is was for on with as he be at by this had not are but from or have an they which one you
were her all she there would their we him been has when who will more no if out so said what up its about into than
them can only other new some could time these two may then do first any my now such like our over man me even most
made after also did many before must through back years where much your way well down should because each just those
people how too little state good very make world still own see men work long get here between both life being under
never day same another know while last might us great old year off come since against go came right used take three
house use water home night part small found light hand place thought river letter window morning garden
"""
_WORDS = _IN_ORDER.split()
_WEIGHTS = [1 / rank for rank in range(1, len(_WORDS) + 1)]


def text(words: int, number: int) -> str:
    """So many words; another text for each number, and the same one each time."""
    chance = random.Random(f"bench {number}")  # noqa: S311
    return " ".join(chance.choices(_WORDS, _WEIGHTS, k=words))
