"""Compare the QoT model with a table of reference cases.

    python benchmarks/qot_reference.py tests/data/qot/gnpy_reference.csv

Takes any file with the columns that tests/data/qot/README.md describes, prints the largest error of
each figure and its case, and exits 1 when one is above 0.02 dB (0.001 ms for the latency).
"""

from __future__ import annotations

import csv
import json
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from apn_emu.optics.fibre import FibreType
from apn_emu.optics.latency import fibre_delay_ns
from apn_emu.optics.line import (
    OSNR_BANDWIDTH_HZ,
    Amplifier,
    Comb,
    Element,
    Roadm,
    Span,
    from_db,
    propagate,
    to_db,
)

TOLERANCE_DB = 0.02
TOLERANCE_MS = 0.001
PLACES = ("mid", "worst")
FIGURES = (
    "osnr_ase_01nm_db",
    "gsnr_01nm_db",
    "gsnr_bw_db",
    "snr_nli_bw_db",
    "line_osnr_ase_01nm_db",
    "line_gsnr_01nm_db",
)
OVER_CHANNELS = ("first", "last", "mean", "max")
INPUTS = (
    *("case_id", "lit", "f_first_thz", "spacing_ghz", "baud_gbd", "tx_power_dbm", "chain", "n1"),
    *("disp_ps_nm_km", "aeff_um2", "n2_m2_w", "ref_wavelength_nm"),
    *("tx_osnr_db", "add_drop_osnr_db"),
)
COLUMNS = {
    *INPUTS,
    "latency_ms",
    *(f"{place}_{figure}" for place in PLACES for figure in ("ch", *FIGURES)),
    *(f"{name}_gsnr_01nm_db" for name in OVER_CHANNELS),
}


@dataclass(frozen=True)
class Error:
    """Our value minus the reference's, of one figure in one case."""

    figure: str
    case_id: str
    error: float
    unit: str

    @property
    def accepted(self) -> bool:
        """Whether the error is within the tolerance of its unit."""
        return self.magnitude() <= (TOLERANCE_MS if self.unit == "ms" else TOLERANCE_DB)

    def magnitude(self) -> float:
        """Return |error|; not a number counts as infinite, so that it cannot hide."""
        return math.inf if math.isnan(self.error) else abs(self.error)


def lit_indices(text: str) -> list[int]:
    """Return the channels of `0-95` or `0;5;9-12`."""
    indices: list[int] = []
    for part in text.split(";"):
        first, _, last = part.partition("-")
        indices.extend(range(int(first), int(last or first) + 1))
    return indices


def comb_of(row: dict[str, str]) -> Comb:
    """Return the lit channels of a case."""
    lit = np.array(lit_indices(row["lit"]), dtype=float)
    frequency_hz = (float(row["f_first_thz"]) * 1e3 + lit * float(row["spacing_ghz"])) * 1e9
    baud_hz = np.full_like(lit, float(row["baud_gbd"]) * 1e9)
    return Comb(frequency_hz, baud_hz, np.zeros_like(lit), float(row["tx_power_dbm"]))


def line_of(row: dict[str, str]) -> list[Element]:
    """Return the elements of a case's `chain`."""
    line: list[Element] = []
    for kind, *values in json.loads(row["chain"]):
        if kind == "roadm":
            line.append(Roadm(target_dbm=values[1]))
        elif kind == "amp":
            line.append(Amplifier(*values))
        elif kind == "fiber":
            length_km, loss_db_per_km, connector_in_db, connector_out_db, padding_db, name = values
            fibre = FibreType(
                name=name,
                loss_db_per_km=loss_db_per_km,
                dispersion_ps_per_nm_km=float(row["disp_ps_nm_km"]),
                effective_area_um2=float(row["aeff_um2"]),
                nonlinear_index_m2_per_w=float(row["n2_m2_w"]),
                group_index=float(row["n1"]),
                reference_wavelength_nm=float(row["ref_wavelength_nm"]),
            )
            line.append(Span(fibre, length_km, connector_in_db, connector_out_db, padding_db))
        else:
            raise ValueError(f"case {row['case_id']}: unknown element {kind!r} in chain")
    return line


def figures(row: dict[str, str]) -> dict[str, float]:
    """Return our value of every figure of a case, named like the columns."""
    comb = comb_of(row)
    line = line_of(row)
    noise = propagate(comb, line)
    bandwidth = comb.baud_hz / OSNR_BANDWIDTH_HZ
    ends = (from_db(-float(row["tx_osnr_db"])) + from_db(-float(row["add_drop_osnr_db"]))) * (
        bandwidth
    )
    to_01nm_db = to_db(bandwidth)
    gsnr_bw_db = -to_db(noise.ase + noise.nli + ends)
    arrays = (
        -to_db(noise.ase + ends) + to_01nm_db,
        gsnr_bw_db + to_01nm_db,
        gsnr_bw_db,
        -to_db(noise.nli),
        -to_db(noise.ase) + to_01nm_db,
        -to_db(noise.ase + noise.nli) + to_01nm_db,
    )
    per_channel = dict(zip(FIGURES, arrays, strict=True))
    values = {}
    # The runner-up is often within 0.001 dB of the worst channel: take the channel of the table,
    # and compare the lowest GSNR of all separately.
    lit = lit_indices(row["lit"])
    for place in PLACES:
        index = lit.index(int(row[f"{place}_ch"]))
        values |= {f"{place}_{name}": float(value[index]) for name, value in per_channel.items()}
    gsnr_db = per_channel["gsnr_01nm_db"]
    values["lowest_gsnr_01nm_db"] = float(gsnr_db.min())
    over_channels = (gsnr_db[0], gsnr_db[-1], gsnr_db.mean(), gsnr_db.max())
    for name, value in zip(OVER_CHANNELS, over_channels, strict=True):
        values[f"{name}_gsnr_01nm_db"] = float(value)
    spans = [element for element in line if isinstance(element, Span)]
    delay_ns = sum(fibre_delay_ns(span.length_km, span.fibre.group_index) for span in spans)
    values["latency_ms"] = delay_ns / 1e6
    return values


def errors(rows: list[dict[str, str]]) -> Iterator[Error]:
    """Yield the error of every figure of every case."""
    for row in rows:
        reference = dict(row, lowest_gsnr_01nm_db=row["worst_gsnr_01nm_db"])
        for name, value in figures(row).items():
            unit = "ms" if name == "latency_ms" else "dB"
            yield Error(name, row["case_id"], value - float(reference[name]), unit)


def main(arguments: list[str]) -> int:
    """Print the largest error of each figure; return the exit code."""
    if len(arguments) != 1:
        print("usage: python benchmarks/qot_reference.py FILE.csv", file=sys.stderr)
        return 2
    try:
        with Path(arguments[0]).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    missing = sorted(COLUMNS - set(rows[0])) if rows else ["every case"]
    if missing:
        print(f"{arguments[0]}: lacks {', '.join(missing)}", file=sys.stderr)
        return 2
    started = time.perf_counter()
    by_figure: dict[str, list[Error]] = {}
    for error in errors(rows):
        by_figure.setdefault(error.figure, []).append(error)
    largest = [max(group, key=Error.magnitude) for group in by_figure.values()]
    elapsed_s = time.perf_counter() - started
    for error in largest:
        mark = "" if error.accepted else "  above the tolerance"
        print(f"{error.figure:28}{error.error:+11.6f} {error.unit}  case {error.case_id}{mark}")
    print(f"{len(rows)} cases in {elapsed_s:.2f} s")
    return 0 if all(error.accepted for error in largest) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
