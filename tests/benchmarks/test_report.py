"""The page, the data and the plots of a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.measuring.comparison import OTHERS, Bar
from benchmarks.measuring.machine import describe
from benchmarks.report.data import as_data
from benchmarks.report.earlier import earlier_results, joined
from benchmarks.report.headlines import headline_table
from benchmarks.report.markdown import page
from benchmarks.report.writing import write_report

from tests.benchmarks.made import result

BARS = (
    Bar("as fast as bare", "speed", "ours", ("bare",), at_least=0.97),
    Bar("faster than all", "speed", "ours", OTHERS, at_least=2.0),
    Bar("over nobody", "speed", "ours", ("absent",), at_least=1.0),
)
MADE = result({"ours": [99.0] * 4, "bare": [100.0] * 4}, *BARS, headlines={"speed": "decode", "time": "wait"})


def test_the_first_table_has_the_best_of_each_row_in_bold() -> None:
    other = result({"ours": [2.0], "third": [1.0]}, name="other", headlines={"speed": "prompt"})
    sides, rows = headline_table([MADE, other])
    assert sides == ["ours", "bare", "third"]
    assert rows == [
        ("decode, tokens/s", ["99.0", "**100**", ""]),
        ("wait, s", ["0.0101", "**0.01**", ""]),
        ("prompt, tokens/s", ["**2.00**", "", "1.00"]),
    ]


def test_the_page_has_every_bar_the_machine_and_the_settings() -> None:
    text = page("make bench", describe(), [MADE])
    assert "| made | as fast as bare | ≥ 0.97 | 0.99 against bare | held |" in text
    assert "| made | faster than all | ≥ 2.00 | 0.99 against bare | MISSED |" in text
    assert "| made | over nobody | ≥ 1.00 | None of absent is there. | not judged |" in text
    assert "| ours | threads 2 |" in text
    assert "| cores | " in text
    assert "](plots/made-speed.svg)" in text


def test_what_was_measured_before_is_read_again(tmp_path: Path) -> None:
    other = result({"ours": [2.0], "third": [1.0]}, name="other", headlines={"speed": "prompt"})
    file = tmp_path / "results.json"
    assert earlier_results(file, [MADE.comparison], but=()) == []
    file.write_text(json.dumps(as_data({}, [MADE, other])))
    assert earlier_results(file, [other.comparison, MADE.comparison], but=("other",)) == [MADE]
    assert earlier_results(file, [other.comparison], but=()) == [other]


@pytest.mark.slow
@pytest.mark.parametrize("axis", ["", "sessions"])
def test_all_files_are_written_and_old_plots_removed(tmp_path: Path, axis: str) -> None:
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "gone-speed.svg").touch()
    made = result({"1": [99.0] * 4, "10": [100.0, 90.0, 80.0, 70.0]}, *BARS, axis=axis)
    write_report(tmp_path, "make bench", {"date": "2026-01-01"}, [made])
    data = json.loads((tmp_path / "results.json").read_text())
    assert data["comparisons"][0]["sides"][1]["figures"]["speed"]["median"] == 85.0
    assert (tmp_path / "results.md").is_file()
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {"made-speed.svg", "made-time.svg"}
    assert "speed" in (tmp_path / "plots" / "made-speed.svg").read_text()


def test_further_rounds_join_those_of_the_sides_that_both_have() -> None:
    earlier, later = result({"a": [1, 2], "b": [3, 4], "c": [5, 6]}), result({"b": [7], "a": [8], "d": [9]})
    later.failures["c"] = "It ended."
    both = joined(earlier, later)
    assert {side: both.values(side, "speed") for side in both.samples} == {"b": [3, 4, 7], "a": [1, 2, 8]}
    assert both.failures == {"c": "It ended."}
