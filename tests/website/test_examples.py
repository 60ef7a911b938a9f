"""What of a page is run, and how its output gets there."""

from __future__ import annotations

from website.examples.page import agrees, blocks, with_outputs

PAGE = """# A page

```python
print(1)
```

Text.

```python title="Ollama"
import ollama
```

```python title="app.py"
print(2)
```

<!-- not run: it needs a network -->
```sh
pip install llama-worker
```

<!-- output varies: the time -->
```sh
python app.py
```

```text title="Output"
two
```

```text
no example
```
"""


def test_what_is_run() -> None:
    assert [(block.language, block.title, block.output) for block in blocks(PAGE)] == [
        ("python", "", None),
        ("python", "app.py", None),
        ("sh", "", "two\n"),
    ]
    assert [block.is_file for block in blocks(PAGE)] == [False, True, False]
    assert PAGE.splitlines()[blocks(PAGE)[1].line - 1] == "print(2)"


def test_output_is_put_below_what_printed_it() -> None:
    page = with_outputs(PAGE, ["1\n", "", "something else\n"])
    assert [block.output for block in blocks(page)] == ["1\n", None, "two\n"]
    assert with_outputs(page, ["1\n", "", "again\n"]) == page
    assert with_outputs(page, ["", "", "x\n"]) == PAGE
    assert blocks(with_outputs(page, ["3\n", "", "x\n"]))[0].output == "3\n"


def test_what_differs_is_seen() -> None:
    one, _, varies = blocks(with_outputs(PAGE, ["1\n", "", "two\n"]))
    assert agrees(one, "1\n")
    assert not agrees(one, "2\n")
    assert not agrees(one, "")
    assert agrees(varies, "three\n")
    assert not agrees(varies, "")
