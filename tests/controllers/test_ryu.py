"""The controller under the real ryu 4.34; all other runs are under os-ken, from the same source."""

import json
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.kernel

SCENARIO = """
name: under-ryu
network:
  nodes: [{id: a}, {id: b}, {id: c}]
  links: [{a: a, b: b, km: 10}, {a: b, b: c, km: 20}]
sites: {a: {transponders: 3}, c: {transponders: 3}}
lightpaths: [{from: a, to: c, rate: 100G, count: 2}]
workloads:
  - {ping: all-pairs, count: 3}
  - {lightpath: create, id: more, from: a, to: c}
  - {lightpath: delete, id: more}
expect: [loss.max == 0 %, blocked.max == 0]
"""


def test_a_run_under_ryu(ryu_python: Path, tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    run = ["-m", "apn_emu", "run", str(tmp_path / "scenario.yaml"), "--out", str(tmp_path / "out")]
    done = subprocess.run([ryu_python, *run], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert len(result["lightpaths"]) == 2
    which = "from apn_emu.engine.embedded.bundle import bundle; print(bundle())"
    bundled = subprocess.run([ryu_python, "-c", which], capture_output=True, text=True, check=True)
    folder = Path(bundled.stdout.strip())
    assert (folder / "ryu" / "base" / "app_manager.pyc").exists()
    assert not (folder / "os_ken").exists()
