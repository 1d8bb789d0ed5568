"""A real PostgreSQL primary with a synchronous standby in another site: how long a commit takes.

The host's own PostgreSQL runs unchanged on both servers. The standby is made with pg_basebackup
over the emulated network and follows by streaming replication; pgbench on the primary's server
commits transactions of one small INSERT each, and its log says how long each took. Processors and
disks cost nothing here, so this is what the network and the protocol add to a commit
(synchronous_commit: PostgreSQL documentation, 20.5.1); `synchronous-replication` has disks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from apn_emu.emulation.timeline import Activity, Exit
from apn_emu.engine.embedded.programs import find_program
from apn_emu.errors import EmulationError
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.families import Counted
from apn_emu.measuring.workload import parameter
from apn_emu.results.metric import EVENT_RATE, Metric

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import OneOrMore, Pairs

AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
"""PostgreSQL refuses to run as root."""

USER = "emulated"
SCRIPT = "INSERT INTO commits VALUES (:client_id, repeat('x', 100));\n"
TABLE = "CREATE TABLE commits (client int, payload text)"
WARM_UP_TRANSACTIONS = 5
MOST_CLIENTS = 80
"""PostgreSQL's max_connections is 100."""

_RATE = re.compile(r"tps = ([\d.]+) \(without")


class Postgresql(Counted):
    """A real PostgreSQL primary with a synchronous standby, the host's own, under pgbench."""

    pairs: Pairs = parameter("Primary and standby, as for ping.", key="postgresql")
    commits: OneOrMore[Literal["local", "remote_write", "on", "remote_apply"]] = parameter(
        "Values of `synchronous_commit`: what a commit waits for. `local` waits for no standby.",
        ("on",),
        min_length=1,
    )
    clients: OneOrMore[int] = parameter("Numbers of clients at once.", (1, 8), min_length=1)
    transactions: int = parameter("Transactions of each client.", 50, ge=1)

    metrics: ClassVar = {
        "transaction_rate": Metric(
            EVENT_RATE,
            "committed transactions of a database per second",
            japanese="1 秒あたりに確定したデータベースのトランザクション",
        ),
    }

    programs: ClassVar = {
        **dict.fromkeys(("initdb", "pg_ctl", "pg_basebackup", "pgbench", "psql"), "postgresql"),
        "setpriv": "util-linux",
    }

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Bound the number of clients."""
        yield from super().check(written)
        if not all(1 <= clients <= MOST_CLIENTS for clients in self.clients):
            yield f"a number of clients is 1 to {MOST_CLIENTS}", "write them like [1, 8]"

    def run(self, context: Context) -> Activity:
        """Replicate from the first to the second of every pair; rows `commit_latency` (s, each
        transaction) and `transaction_rate` (1/s), the kind tells synchronous_commit and clients."""

        def measure(source: str, destination: str, number: int) -> Activity:
            pair = _Pair(context, self.name, source, destination)
            yield from pair.start()
            yield from pair.bench("on", 1, WARM_UP_TRANSACTIONS)
            rows = []
            for commit in self.commits:
                for clients in self.clients:
                    kind = f"{self.name}.{commit}.clients{clients}"
                    ends = (kind, label(source), label(destination))
                    rate, latencies = yield from pair.bench(commit, clients, self.transactions)
                    rows += [Row(*ends, "commit_latency", latency, "s") for latency in latencies]
                    rows.append(Row(*ends, "transaction_rate", rate, "1/s"))
            yield from pair.stop()
            return rows

        return context.for_pairs(self, measure)


class _Pair:
    """A primary and its standby; each step is waited for with `yield from`."""

    def __init__(self, context: Context, name: str, primary: str, standby: str) -> None:
        self._context = context
        self._record = f"{name}-{primary}-{standby}".replace("/", ".")
        self._primary, self._standby = primary, standby
        self._port = str(context.take_ports())
        self._data = f"/tmp/postgresql-{self._port}"
        self._runs = 0

    def start(self) -> Activity:
        """Make the primary, copy it to the standby, start both and wait until they are joined."""
        data = ("-D", self._data)
        initdb = ("initdb", *data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale")
        # Small files of the write-ahead log: 1 MB instead of 16 MB, written in full on tmpfs.
        yield from self._do(self._primary, *initdb, "--no-sync", "--wal-segsize=1")
        with self._context.node(self._primary).namespace.entered():
            with Path(self._data, "postgresql.conf").open("a") as settings:
                settings.write(_settings(self._port))
            with Path(self._data, "pg_hba.conf").open("a") as access:
                access.write("host all,replication all all trust\n")
            Path(self._data, "script.sql").write_text(SCRIPT)
        yield from self._do(self._primary, *self._control("start"))
        address = self._context.server(self._primary).ipv4
        connection = ("-h", address, "-p", self._port, "-U", USER)
        copy = ("pg_basebackup", *data, *connection, "-R", "-X", "stream", "-c", "fast")
        yield from self._do(self._standby, *copy, "--no-sync")
        yield from self._do(self._standby, *self._control("start"))
        # This commits only when the standby follows.
        yield from self._do(self._primary, "psql", *connection, "-c", TABLE, "postgres")

    def bench(self, commit: str, clients: int, transactions: int) -> Activity:
        """Run transactions; return their rate (1/s) and the latency (s) of each."""
        self._runs += 1
        log = f"{self._data}/run{self._runs}"
        printed = yield from self._do(
            self._primary,
            *("pgbench", "-h", "/tmp", "-p", self._port, "-U", USER, "-n", "-M", "prepared"),
            *("-c", str(clients), "-j", "1", "-t", str(transactions), "-l"),
            *(f"--log-prefix={log}", "-f", f"{self._data}/script.sql", "postgres"),
            environment={"PGOPTIONS": f"-c synchronous_commit={commit}"},
        )
        rate = _RATE.search(printed)
        if rate is None:
            raise EmulationError(f"pgbench did not say its rate: {printed.strip()}")
        with self._context.node(self._primary).namespace.entered():
            logs = sorted(Path(self._data).glob(f"run{self._runs}.*"))
            latencies = [latency for file in logs for latency in read(file.read_text())]
        return float(rate[1]), latencies

    def stop(self) -> Activity:
        """End both at once."""
        for place in (self._primary, self._standby):
            yield from self._do(place, *self._control("stop"))

    def _control(self, what: str) -> tuple[str, ...]:
        mode = ("-m", "immediate") if what == "stop" else ("-l", f"{self._data}.log")
        return ("pg_ctl", what, "-D", self._data, "-w", *mode)

    def _do(self, place: str, *command: str, environment: dict[str, str] | None = None) -> Activity:
        """Run a program of PostgreSQL and return what it printed; raise if it failed."""
        program, *arguments = command
        words = [*AS_NOBODY, find_program(program, Postgresql.programs[program]), *arguments]
        folders = {"PATH": str(Path(words[len(AS_NOBODY)]).parent) + ":/usr/bin:/bin", "TZ": "UTC"}
        name = f"{self._record}-{program}.txt"
        with self._context.record(name) as file:
            process = self._context.node(place).spawn(
                words, stdout=file, stderr=file, environment=folders | (environment or {})
            )
            code = yield Exit(process)
        printed = (self._context.records / name).read_text()
        if code != 0:
            last = (printed.strip().splitlines() or ["it printed nothing"])[-1]
            raise EmulationError(f"{program} on {place} ended with exit code {code}: {last}")
        return printed


def _settings(port: str) -> str:
    """Return what is not PostgreSQL's default: replication, and nothing in the background."""
    settings = {
        "listen_addresses": "*",
        "port": port,
        "unix_socket_directories": "/tmp",
        "synchronous_standby_names": "*",
        "hot_standby": "on",
        "shared_buffers": "16MB",
        "dynamic_shared_memory_type": "mmap",
        "fsync": "off",
        "autovacuum": "off",
        "jit": "off",
    }
    return "".join(f"{name} = '{value}'\n" for name, value in settings.items())


def read(log: str) -> Iterator[float]:
    """Yield the latency (s) of each transaction in a log of pgbench (its third column, in us)."""
    for line in log.splitlines():
        yield round(int(line.split()[2]) / 1e6, 9)
