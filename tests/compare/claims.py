"""What the page says of node-llama-cpp that differs from its documentation, in the page's words (after a ⚠)."""

from __future__ import annotations

CLAIMS = {
    "without a seed two prompts of one second get the same": "the same within a second",
    "prompt drops evaluationPriority": "dropped by `prompt`",
    "repeatPenalty is off by default": "default is off",
    "dryRepeatPenalty has no effect without lastTokens": "without effect unless `lastTokens` is given",
    "tokenBias of 20 % lowers": "20 % lowers",
    "a negative tokenBias is NaN": "negative is NaN",
    "grammar.parse of a cut text is a raw SyntaxError": "raw `SyntaxError` when cut off",
    "setChatHistory is not validated": "not validated",
    "a bad result of contextShift.strategy is ignored": "a bad result is ignored",
    "loadStateFromFile has one error for every cause": "one error for every cause",
}
"""Each holds of the version that the page names: `python -m tests.compare` asks it."""
NO_LONGER = {
    "topP is without effect",
    "frequencyPenalty is ignored alone",
    "dryRepeatPenalty's default base has no effect",
}
"""What was so of 3.19, and is asked again in case it returns."""
