"""The examples in the documentation do what they say."""

import doctest
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.kernel
def test_the_python_examples_print_what_they_say(monkeypatch):
    monkeypatch.chdir(DOCS.parent)
    lines = (DOCS / "python.md").read_text("utf-8").splitlines()
    text = "\n".join("" if line.startswith("```") else line for line in lines)
    test = doctest.DocTestParser().get_doctest(text, {}, "python.md", "docs/python.md", 0)
    said: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    assert outcome.attempted > 20
    assert not outcome.failed, "".join(said)


@pytest.mark.kernel
def test_the_notebook_runs_and_shows_pictures_and_tables(tmp_path):
    notebook = nbformat.read(DOCS / "notebook.ipynb", as_version=4)
    done = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}})
    done.execute()
    shown = [
        output.data.get("text/html", "") + output.data.get("image/svg+xml", "")
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "data" in output
    ]
    wanted = (
        "Tokyo",
        "One-way latency",
        "Expectations",
        "two-sites: median",
        "two-sites: throughput",
    )
    missing = [words for words in wanted if not any(words in output for output in shown)]
    assert not missing
