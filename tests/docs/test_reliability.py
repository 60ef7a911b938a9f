"""The limits in docs/reliability.md are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from llama_worker.worker.structured import limits
from llama_worker.worker.structured.limits import grammars, schemas
from llama_worker.worker.structured.limits.gbnf import MOST_REPETITIONS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def test_every_limit_is_in_the_table_and_no_other() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| --- |")[2].partition("\n\n")[0]
    column = " ".join(row.split("|")[2] for row in table.splitlines() if row.count("|") == 4)
    told = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", column)}
    names = [*vars(grammars).items(), *vars(schemas).items()]
    known = {value for name, value in names if name.startswith(("MOST_", "DEEPEST", "LONGEST"))}
    for budget in (grammars.GRAMMAR, grammars.PATTERN):
        known |= {budget.elements, budget.beginnings}
    assert told == known | {limits.MOST_BIASES, MOST_REPETITIONS, 2 * schemas.LONGEST_NAME}
