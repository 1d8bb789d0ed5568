"""Transceiver modes as data, each value with its source (modes.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources

from apn_emu.optics.ber import ideal_snr_db, pre_fec_ber
from apn_emu.optics.line import OSNR_BANDWIDTH_HZ, from_db, to_db


@dataclass(frozen=True)
class TransceiverMode:
    """One line mode of a transceiver.

    `rate_bps` is the client rate; `baud_gbd` the symbol rate; `bits_per_symbol` counts both
    polarizations. `required_osnr_01nm_db` is the OSNR (0.1 nm) at which the FEC still corrects,
    back to back, and `fec_threshold_ber` the bit error rate before correction at that point.
    `latency_us` is one transmitter and one receiver together; `power_w` one module. `sources` maps
    each field to where its value comes from, or to "assumption: ...".
    """

    name: str
    family: str
    rate_bps: float
    baud_gbd: float
    modulation: str
    bits_per_symbol: int
    required_osnr_01nm_db: float
    min_spacing_ghz: float
    fec: str
    fec_threshold_ber: float
    latency_us: float
    tx_osnr_01nm_db: float
    power_w: float
    sources: Mapping[str, str] = field(compare=False, repr=False)

    @property
    def baud_hz(self) -> float:
        """Symbol rate in Hz."""
        return self.baud_gbd * 1e9

    @property
    def required_gsnr_bw_db(self) -> float:
        """The required OSNR in the symbol-rate bandwidth, where it is an SNR."""
        return self.required_osnr_01nm_db - float(to_db(self.baud_hz / OSNR_BANDWIDTH_HZ))

    @property
    def tx_noise(self) -> float:
        """Transmitter noise to signal in the symbol-rate bandwidth, linear."""
        return float(from_db(-self.tx_osnr_01nm_db)) * self.baud_hz / OSNR_BANDWIDTH_HZ

    @property
    def implementation_penalty_db(self) -> float:
        """How much more SNR the module needs than an ideal receiver to reach the FEC threshold."""
        return self.required_gsnr_bw_db - ideal_snr_db(self.modulation, self.fec_threshold_ber)

    def pre_fec_ber(self, gsnr_bw_db: float) -> float:
        """Return the bit error rate before the FEC at a GSNR in the symbol-rate bandwidth.

        The ideal receiver's, shifted by the implementation penalty: at the required GSNR it is the
        FEC's threshold.
        """
        return pre_fec_ber(self.modulation, gsnr_bw_db - self.implementation_penalty_db)


VALUES = tuple(each.name for each in fields(TransceiverMode) if each.name != "sources")
"""Fields that a mode of modes.json must give; all but name and family need a source."""


def parse_modes(text: str) -> dict[str, TransceiverMode]:
    """Return the modes of a modes.json by name; raise `ValueError` naming what is missing."""
    modes: dict[str, TransceiverMode] = {}
    for record in json.loads(text)["modes"]:
        values = {key: value for key, value in record.items() if key != "sources"}
        sources = record.get("sources", {})
        name = record.get("name", "(unnamed)")
        missing = [key for key in VALUES if key not in values]
        missing += [f"source of {key}" for key in VALUES[2:] if not sources.get(key)]
        if missing:
            raise ValueError(f"transceiver mode {name}: lacks {', '.join(missing)}")
        if name in modes:
            raise ValueError(f"transceiver mode {name}: given twice")
        modes[name] = TransceiverMode(**values, sources=sources)
    return modes


@cache
def default_modes() -> Mapping[str, TransceiverMode]:
    """Return the modes that ship with the package, by name."""
    return parse_modes(resources.files(__package__).joinpath("modes.json").read_text("utf-8"))
