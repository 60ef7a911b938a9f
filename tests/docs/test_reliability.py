"""The limits in docs/reliability.md are those of the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from llama_worker.engine.supervisor import SupervisorState
from llama_worker.worker.structured import limits
from llama_worker.worker.structured.limits import grammars, schemas
from llama_worker.worker.structured.limits.gbnf import MOST_REPETITIONS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"


def test_every_limit_is_in_the_table_and_no_other() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## What is refused")[2]
    table = section.partition("| --- |")[2].partition("\n\n")[0]
    column = " ".join(row.split("|")[2] for row in table.splitlines() if row.count("|") == 4)
    told = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", column)}
    names = [*vars(grammars).items(), *vars(schemas).items()]
    known = {value for name, value in names if name.startswith(("MOST_", "DEEPEST", "LONGEST"))}
    for budget in (grammars.GRAMMAR, grammars.PATTERN):
        known |= {budget.elements, budget.beginnings}
    assert told == known | {limits.MOST_BIASES, MOST_REPETITIONS, 2 * schemas.LONGEST_NAME}


def test_the_states_are_those_of_the_code() -> None:
    drawing = PAGE.read_text(encoding="utf-8").partition("stateDiagram-v2")[2].partition("```")[0]
    drawn = set(re.findall(r"(\w+) -->|--> (\w+)", drawing))
    assert {name for pair in drawn for name in pair if name} == set(get_args(SupervisorState))


def test_every_guarantee_names_tests_that_exist() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("<!-- guarantees -->")[2].partition("\n## ")[0]
    rows = [row.split("|") for row in table.strip().splitlines()[2:]]
    assert rows
    for _, guarantee, tests, *_ in rows:
        named = re.findall(r"`(tests/[^`]+)`", tests)
        assert named, f"no test for: {guarantee}"
        for name in named:
            path, _, function = name.partition("::")
            assert f"def {function}" in (ROOT / path).read_text(encoding="utf-8"), name
