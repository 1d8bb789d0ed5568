"""The result of a run: what result.json holds, to and from JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Any

from apn_emu.errors import InputError, MachineError, Problem
from apn_emu.results.comparison import BaselineRecord
from apn_emu.results.events import EventRecord, SeriesRecord
from apn_emu.results.expectations import Verdict
from apn_emu.results.indicators import IndicatorRecord
from apn_emu.results.measurements import COLUMNS, Measurement, in_order

SCHEMA = "apn-emu/result/1"
"""Version of result.json: the number rises when a key changes its meaning or goes."""


@dataclass(frozen=True)
class Fidelity:
    """How well a host kept real time, from sleeps of 1 ms beside the measurements.

    `late_...`: how much longer they took (median, 99th percentile, longest); `allowed_s` is the
    bound of the 99th percentile. `busy` is the share of the processors' time that was taken.
    """

    sleeps: int
    late_p50_s: float
    late_p99_s: float
    late_max_s: float
    allowed_s: float
    busy: float
    trustworthy: bool


@dataclass(frozen=True)
class Engine:
    """What ran the emulation. `exact`: equal inputs give equal bytes; `why` gives the reason.

    `fidelity` is known where time was real (host engine). `programs` are the versions of all that
    took part, with a hash of their content.
    """

    name: str
    kernel: str
    exact: bool
    why: str
    fidelity: Fidelity | None = None
    programs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Engine:
        """Return the engine of a result.json."""
        fidelity = data.get("fidelity")
        return cls(**{**data, "fidelity": Fidelity(**fidelity) if fidelity else None})


@dataclass(frozen=True)
class ProtectingRecord:
    """The protecting path of a lightpath, with the meanings of `LightpathRecord`."""

    route: tuple[str, ...]
    centre_thz: float
    width_ghz: float
    mode: str
    length_km: float
    delay_us: float


@dataclass(frozen=True)
class LightpathRecord:
    """A lightpath as it was lit. `delay_us` is one way, transponder to transponder."""

    id: str
    source: str
    destination: str
    route: tuple[str, ...]
    centre_thz: float
    width_ghz: float
    mode: str
    rate_bps: float
    length_km: float
    delay_us: float
    protection: str = "none"
    protecting: ProtectingRecord | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LightpathRecord:
        """Return the record of an entry of result.json."""
        fields = {**data, "route": tuple(data["route"])}
        if standby := data.get("protecting"):
            fields["protecting"] = ProtectingRecord(**{**standby, "route": tuple(standby["route"])})
        return cls(**fields)


@dataclass(frozen=True)
class Result:
    """All that a run found. `scenario` is plain data that gives the same scenario again."""

    scenario: Mapping[str, Any]
    seed: int
    engine: Engine
    lightpaths: tuple[LightpathRecord, ...]
    measurements: tuple[Measurement, ...]
    events: tuple[EventRecord, ...]
    expectations: tuple[Verdict, ...]
    wall_seconds: float
    schema: str = SCHEMA
    series: tuple[SeriesRecord, ...] = ()
    baselines: tuple[BaselineRecord, ...] = ()
    scorecard: tuple[IndicatorRecord, ...] = ()

    @property
    def met(self) -> bool:
        """Whether every expectation was met."""
        return all(verdict.met for verdict in self.expectations)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.scenario["name"])

    @property
    def sites(self) -> tuple[str, ...]:
        """Sites in the order of the scenario."""
        return tuple(self.scenario["sites"])

    def to_json(self) -> str:
        """Return the text of result.json."""
        data = {
            "schema": self.schema,
            "scenario": self.scenario,
            "seed": self.seed,
            "engine": asdict(self.engine),
            "lightpaths": [asdict(record) for record in self.lightpaths],
            "measurements": [record.to_dict() for record in in_order(self.measurements)],
            "events": [asdict(record) for record in self.events],
            "series": [asdict(record) for record in self.series],
            "baselines": [asdict(record) for record in self.baselines],
            "scorecard": [asdict(record) for record in self.scorecard],
            "expectations": [verdict.to_dict() for verdict in self.expectations],
            "wall_seconds": self.wall_seconds,
        }
        return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str, file: str | None = None) -> Result:
        """Return the result in the text of a result.json; raise `InputError` if it is none."""
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            message = f"not JSON: {error.msg}"
            raise InputError(Problem(file, error.lineno, None, message)) from error
        schema = data.get("schema") if isinstance(data, dict) else None
        if schema != SCHEMA:
            remedy = f"this version reads {SCHEMA}"
            raise InputError(Problem(file, None, "schema", f"it is {schema!r}", remedy))
        try:
            return cls(
                scenario=data["scenario"],
                seed=data["seed"],
                engine=Engine.from_dict(data["engine"]),
                lightpaths=tuple(map(LightpathRecord.from_dict, data["lightpaths"])),
                measurements=tuple(Measurement(**record) for record in data["measurements"]),
                events=tuple(map(EventRecord.from_dict, data["events"])),
                expectations=tuple(Verdict(**record) for record in data["expectations"]),
                wall_seconds=data["wall_seconds"],
                series=tuple(map(SeriesRecord.from_dict, data.get("series", ()))),
                baselines=tuple(map(BaselineRecord.from_dict, data.get("baselines", ()))),
                scorecard=tuple(IndicatorRecord(**r) for r in data.get("scorecard", ())),
            )
        except (KeyError, TypeError, ValueError) as error:
            message = f"not a result: {type(error).__name__}: {error}"
            raise InputError(Problem(file, None, None, message)) from error

    def frame(self) -> Any:
        """Return the measurements as a `pandas.DataFrame`, one sample a row.

        Raises `MachineError` where pandas is not installed.
        """
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            message = "pandas is not installed; install it with: pip install pandas"
            raise MachineError(message) from error
        rows = [record.to_dict() for record in in_order(self.measurements)]
        return pandas.DataFrame(rows, columns=list(COLUMNS))

    def _repr_html_(self) -> str:
        """Return the result as Jupyter shows it."""
        from apn_emu.results.notebook import as_html
        from apn_emu.results.tables import result_tables

        return as_html(result_tables(self))
