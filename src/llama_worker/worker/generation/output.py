"""What of an answer is shown, and when."""

from __future__ import annotations

from ...engine.api.chunks import PromptProgress, SampledToken, TokenProbability
from ...errors import ResumeError
from ...messages.events import Progress, TextDelta
from ...messages.values import TokenLogprob
from ...options import PromptOptions
from ..operations.operation import Operation
from ..reply import Reply
from .stop_sequences import StopSequenceFilter


class Output:
    """Shows text as it comes: the response prefix before the first piece, nothing from a stop sequence on, and
    white space only when more follows, if it is to be trimmed.

    A `quiet` one collects the text and shows nothing.
    """

    def __init__(self, operation: Operation[Reply, str], options: PromptOptions, *, quiet: bool) -> None:
        self._operation = operation
        self._prefix = options.response_prefix
        self._trim = options.trim_whitespace_suffix
        self._stop = StopSequenceFilter(options.stop_sequences) if options.stop_sequences else None
        self._quiet = quiet
        self._blank = ""
        self._again = ""
        self._shown: list[str] = []

    @property
    def text(self) -> str:
        """What was shown so far."""
        return "".join(self._shown)

    @property
    def stop_sequence(self) -> str | None:
        """What ended the answer; nothing is shown after it."""
        return self._stop.found if self._stop else None

    def repeat(self, text: str) -> None:
        """So much of what was generated last will be generated again, and is not to be shown twice."""
        self._again = text + self._again

    def write(self, text: str) -> None:
        """Raises `ResumeError` when what is generated again is not what was generated before."""
        repeated = min(len(text), len(self._again))
        if text[:repeated] != self._again[:repeated]:
            raise ResumeError("The answer cannot go on after the pause: the engine now generates another text.")
        text, self._again = text[repeated:], self._again[repeated:]
        if text:
            self._show(self._stop.feed(text) if self._stop else text)

    def finish(self) -> None:
        """No more text will come: an answer of nothing is still its prefix."""
        self._show(self._stop.flush() if self._stop else "")

    def _show(self, text: str) -> None:
        text, self._prefix, self._blank = self._prefix + self._blank + text, "", ""
        if self._trim:
            kept = text.rstrip()
            text, self._blank = kept, text[len(kept) :]
        if text:
            self._shown.append(text)
            if not self._quiet:
                if len(self._shown) == 1:
                    self._operation.report(Progress(1.0))
                self._operation.report(TextDelta(text))


def progress_of_prompt(progress: PromptProgress) -> Progress:
    """How far the engine has read, as an event."""
    return Progress(progress.processed / progress.total if progress.total else 0.0, "prompt")


def logprob_of(token: TokenProbability) -> TokenLogprob:
    """A token's probability, and those of others in its place, as a reply tells them."""
    others = token.top_logprobs if isinstance(token, SampledToken) else ()
    return TokenLogprob(token.id, token.token, token.logprob, tuple(map(logprob_of, others)))
