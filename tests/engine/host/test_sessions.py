"""The host engine where root and the modules exist: in an embedded machine on real time."""

import json
import sys
from pathlib import Path

import pytest

from apn_emu.engine.embedded import machine

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

SCENARIO = """
name: on-the-host
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 400}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
workloads:
  - {ping: all-pairs, count: 5}
  - {command: [sh, -c, "echo $$; touch /usr/ours || touch /mnt/scenario/ours; test -w /tmp"],
     on: a, name: look, expect_exit: 0}
expect: [rtt.min > 3.9 ms, loss.max == 0 %]
"""

LONG = """
name: long
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 400}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
workloads: [{ping: all-pairs, count: 1000, interval: 1 s}]
"""

PROGRAM = """
import json, os, signal, subprocess, time
from pathlib import Path

os.chdir("/mnt/scenario")
EMULATOR = json.loads(Path("emulator.json").read_text())
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/run", "XDG_CACHE_HOME": "/run/cache"}
STATE = Path("/var/lib/apn-emu")


def emulator(*arguments):
    return subprocess.Popen([*EMULATOR, *arguments], env=ENVIRONMENT, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(process):
    out, errors = process.communicate()
    return [process.returncode, out, errors]


def measuring():
    process = emulator("run", "long.yaml", "--engine", "host", "--out", "/run/never")
    while not process.stderr.readline().startswith("measuring"):
        assert process.poll() is None
    return process


def seen():
    processes = {}
    for entry in Path("/proc").glob("[0-9]*"):
        words = (entry / "cmdline").read_bytes().replace(bytes(1), b" ").decode().strip()
        if words and not words.startswith("/mnt/python"):
            processes[entry.name] = words
    return {
        "interfaces": sorted(os.listdir("/sys/class/net")),
        "namespaces": sorted(os.listdir("/run/netns")),
        "mounts": len(Path("/proc/self/mounts").read_text().splitlines()),
        "processes": sorted(processes.values()),
        "temporary": sorted(os.listdir("/tmp")),
        "state": sorted(str(path) for path in STATE.rglob("*")),
    }


def children(pid):
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


subprocess.run(["mount", "-t", "tmpfs", "none", "/var/lib"], check=True)
STATE.mkdir()
for command in ("netns add stranger", "link add stranger0 type veth peer stranger1"):
    subprocess.run(["ip", *command.split()], check=True)
sleeper = subprocess.Popen(["sleep", "100000"])
time.sleep(1)  # until it has its own name
found = {"before": seen()}

found["run"] = ended(emulator("run", "scenario.yaml", "--engine", "host", "--json", "--quiet",
                              "--out", "/run/out"))
found["after"] = seen()

shell = emulator("shell", "long.yaml", "--engine", "host", "--quiet")
found["shell"] = [*shell.communicate("a1 ping -c 1 b1\\ncut a-b\\n"), shell.returncode]
found["after shell"] = seen()

killed = measuring()
found["clean beside"] = ended(emulator("clean"))
(guard,) = children(killed.pid)
os.kill(guard, signal.SIGSTOP)  # else it would clean up
killed.kill()
killed.wait()
found["left"] = seen()
found["clean"] = ended(emulator("clean"))
time.sleep(1)
found["cleaned"] = seen()
found["clean again"] = ended(emulator("clean"))

interrupted = measuring()
interrupted.terminate()
found["interrupted"] = ended(interrupted)
found["after interrupt"] = seen()
Path("/mnt/out/measured.json").write_text(json.dumps(found))
"""


@pytest.mark.skipif(
    sys.prefix.startswith(("/tmp/", "/run/", "/mnt/")),
    reason="the embedded machine has folders of its own where this environment is",
)
def test_sessions_on_a_host_leave_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    (tmp_path / "long.yaml").write_text(LONG)
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "emulator.json").write_text(json.dumps([sys.executable, "-m", "apn_emu"]))
    program = "/mnt/scenario/program.py"
    outcome = machine.run(
        "{}", out, 200, lambda *_: None, tmp_path, program=program, real_time=True
    )
    assert not outcome.exact
    found = outcome.measured
    before = found["before"]

    code, printed, errors = found["run"]
    assert code == 0, errors
    result = json.loads(printed)
    engine = result["engine"]
    assert (engine["name"], engine["exact"]) == ("host", False)
    assert engine["fidelity"]["sleeps"] > 0
    assert engine["fidelity"]["trustworthy"] or "warning: not to be trusted" in errors
    metrics = [row["metric"] for row in result["measurements"]]
    assert metrics.count("rtt") == 5
    assert found["after"] == before

    printed, errors, code = found["shell"]
    assert code == 0, errors
    assert "1 received" in printed
    assert "cut a-b at" in printed
    assert found["after shell"] == before

    assert found["clean beside"][1].startswith("left alone: a run goes on")
    assert any("ovs-vswitchd" in words for words in found["left"]["processes"])
    assert found["left"]["state"]
    assert found["left"]["interfaces"] == before["interfaces"]
    assert found["clean"][0] == 0
    assert "first process of the session" in found["clean"][1]
    assert "removed: " in found["clean"][1]
    assert found["cleaned"] == before
    assert found["clean again"][1].startswith("nothing left of killed runs\n")

    assert found["interrupted"][0] == 130, found["interrupted"]
    assert found["after interrupt"] == before
