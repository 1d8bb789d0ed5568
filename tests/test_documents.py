"""The examples in the documentation do what they say."""

import doctest
import re
import statistics
from pathlib import Path

import nbformat
import pytest
import yaml
from nbclient import NotebookClient

import apn_emu as apn

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


@pytest.mark.kernel
def test_the_tutorial_finds_what_it_says(tmp_path):
    text = (DOCS / "tutorial.md").read_text("utf-8")
    mine, line = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "mine.yaml").write_text(mine)
    (tmp_path / "line.yaml").write_text(line)
    assert len(apn.plan(apn.load(tmp_path / "line.yaml", {"km": 1000})).lightpaths) == 1

    def measured(rate):
        frame = apn.run(apn.load(tmp_path / "mine.yaml", {"rate": rate})).frame()
        return {
            name: f"{statistics.fmean(rows.value):.4g}"
            for name, rows in frame[frame.metric.isin(["rtt", "throughput"])].groupby("kind")
        }

    slow, fast = measured("100G"), measured("400G")
    said = " ".join(text.split())
    assert f"The round trip takes {float(slow['ping']) * 1e3:.3f} ms" in said
    assert f"fills the lightpath: {float(slow['steady']) / 1e9:.0f} Gbit/s" in said
    assert f"**{float(slow['first-10-ms.slow-start']) / 1e9:.2f} Gbit/s**" in said
    assert f"{float(fast['steady']) / 1e9:.0f} Gbit/s in steady state" in said
    assert fast["first-10-ms.slow-start"] == slow["first-10-ms.slow-start"]


def test_the_image_and_the_snippets_for_ci_install_the_same_and_run_the_smoke_test():
    text = (DOCS / "continuous-integration.md").read_text("utf-8")
    github, gitlab = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", text, re.DOTALL))
    job = github["jobs"]["emulate"]
    scripts = [
        (DOCS.parent / "Dockerfile").read_text("utf-8").replace(" && ", "\n"),
        "\n".join(step.get("run", "") for step in job["steps"]).replace("\\\n", ""),
        "\n".join(gitlab["emulate"]["script"]),
    ]
    installing = [re.search(r"install -y --no-install-recommends (.*)", s) for s in scripts]
    packages = [set(found.group(1).split()) for found in installing if found]
    assert packages == [packages[0]] * 3
    assert "user-mode-linux" in packages[0]
    assert [job["container"], gitlab["emulate"]["image"]] == ["debian:12"] * 2
    assert all("smoke" in script for script in scripts)
