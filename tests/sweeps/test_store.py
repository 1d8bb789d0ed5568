import zlib
from pathlib import Path

from apn_emu.scenario.loading import load_scenario, vary
from apn_emu.sweeps.store import key_of, load

ENGINE = {"kernel": "Linux 6.1"}

TEXT = """\
name: files
network: net/lab.yaml
sites: {a: , b: }
workloads:
  - {command: "sh -c 'python3 /mnt/scenario/tools/run.py'", on: a}
"""


def key(overrides=(), engine=ENGINE):
    return key_of(vary(load_scenario("files.yaml"), overrides), engine)


def test_a_key_is_that_of_everything_the_result_depends_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("net", "tools", "other"):
        Path(folder).mkdir()
    network = "nodes: [{id: a}, {id: b}]\nlinks: [{a: a, b: b, km: 9}]\n"
    Path("net/lab.yaml").write_text(network)
    Path("tools/run.py").write_text("import helper\n")
    Path("tools/helper.py").write_text("")
    Path("files.yaml").write_text(TEXT)
    first = key()
    assert key(["seed=2"]) != first
    assert key(engine={"kernel": "Linux 6.2"}) != first
    Path("other/note").write_text("nobody reads this")
    Path("files.yaml").write_text(f"{TEXT}sweep: {{seed: [1, 2]}}\n# a comment\n")
    assert key() == first
    Path("tools/helper.py").write_text("x = 1\n")
    second = key()
    assert second != first
    Path("net/lab.yaml").write_text(network.replace("9", "10"))
    assert key() != second


def test_a_damaged_record_is_as_if_there_were_none(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "apn-emu" / "runs").mkdir(parents=True)
    for content in (b"", b"not zlib", zlib.compress(b""), zlib.compress(b"not a pickle")):
        (tmp_path / "apn-emu" / "runs" / "key").write_bytes(content)
        assert load("key") is None
