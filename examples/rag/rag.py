"""Questions about a folder of texts: found by words and by meaning, ranked, answered, with the sources named.

`python rag.py FOLDER [QUESTION] [--model MODEL] [--embedder MODEL] [--reranker MODEL]`
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from index import Index, Passage

from llama_worker import errors
from llama_worker.sync import LlamaWorker, Model

CITED = 4
INSTRUCTIONS = "Answer from the numbered passages alone, in a few sentences, and name their numbers like [1]."


def ranked(reranker: Model | None, question: str, found: Sequence[Passage]) -> list[Passage]:
    """The best of what was found: a reranker reads each with the question, which vectors cannot."""
    if reranker is None or not found:
        return list(found[:CITED])
    best = reranker.rerank(question, [passage.text for passage in found], top_n=CITED, truncate=True)
    return [found[one.index] for one in best]


def answer(model: Model, question: str, sources: Sequence[Passage]) -> None:
    """Print an answer as it comes, and what it is from. Ctrl-C stops it, in the engine too."""
    passages = "\n\n".join(f"[{number}] {one.text}" for number, one in enumerate(sources, 1))
    prompt = f"{INSTRUCTIONS}\n\n{passages}\n\nQuestion: {question}" if sources else question
    try:
        for text in model.chat([{"role": "user", "content": prompt}], temperature=0, max_tokens=500):
            print(text, end="", flush=True)
    except KeyboardInterrupt:
        print(" (stopped)", end="")
    print("\n")
    for number, one in enumerate(sources, 1):
        print(f"[{number}] {one.path}:{one.line}  {one.text.splitlines()[0][:60]}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("question", nargs="?", help="without one, questions are read line by line")
    parser.add_argument("--model", default="builtin", help="writes the answers")
    parser.add_argument("--embedder", default="builtin", help="finds what belongs to a question")
    parser.add_argument("--reranker", help="chooses among what was found")
    parser.add_argument("--index", type=Path, default=Path("index.db"))
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():
        parser.error(f"{given.folder} is no folder")
    try:
        with LlamaWorker() as worker:
            embedder = worker.load_model(given.embedder)
            model = embedder if given.model == given.embedder else worker.load_model(given.model)
            reranker = worker.load_model(given.reranker) if given.reranker else None
            index = Index(given.index, embedder)
            print(f"{len(index.update(given.folder))} files are new, changed or gone.", file=sys.stderr)
            for question in [given.question] if given.question else map(str.strip, sys.stdin):
                answer(model, question, ranked(reranker, question, index.search(question)))
            index.close()
    except (errors.LlamaWorkerError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
