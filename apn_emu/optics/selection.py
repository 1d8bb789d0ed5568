"""Choice of a transceiver mode: distance-adaptive, or forced by name.

The rule: of the modes that carry the rate, fit the grid's slot and keep the margin at their GSNR,
the one that takes the least spectrum; among those of one width the one with the most margin; then
the least power, then the name, so that the choice never depends on the order of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from apn_emu.optics.grid import UNIT_GHZ, Grid
from apn_emu.optics.modes import TransceiverMode


class ModeRefusalReason(StrEnum):
    """Why there is no mode, by the names that path computation elements use."""

    NO_FEASIBLE_MODE = "NO_FEASIBLE_MODE"
    MODE_NOT_FEASIBLE = "MODE_NOT_FEASIBLE"


class Lack(StrEnum):
    """What a mode lacks for a demand; the unit of the shortfall's numbers in brackets."""

    RATE = "rate"
    """It carries less than the demand (bit/s)."""
    SPACING = "spacing"
    """Its signal is wider than the grid's slot (GHz)."""
    GSNR = "gsnr"
    """The GSNR in its symbol-rate bandwidth is below requirement plus margin (dB)."""


@dataclass(frozen=True)
class Shortfall:
    """Why one mode does not serve: what was needed and what there is."""

    mode: str
    lack: Lack
    needed: float
    available: float


@dataclass(frozen=True)
class ModeChoice:
    """The chosen mode, its slot and the margin above its requirement."""

    mode: TransceiverMode
    slot_ghz: float
    margin_db: float


@dataclass(frozen=True)
class ModeRefusal:
    """No mode serves; one shortfall for every mode that was considered."""

    reason: ModeRefusalReason
    shortfalls: tuple[Shortfall, ...]


def select_mode(
    modes: Mapping[str, TransceiverMode],
    rate_bps: float,
    grid: Grid,
    gsnr_bw_db: Callable[[TransceiverMode], float],
    margin_db: float = 0.0,
    forced: str | None = None,
) -> ModeChoice | ModeRefusal:
    """Return the mode for a demand of `rate_bps`, or why there is none.

    `gsnr_bw_db` answers for a mode with the GSNR on the route in question, in the mode's
    symbol-rate bandwidth. Raises `KeyError` when `forced` is not among `modes`.
    """
    offered = list(modes.values()) if forced is None else [modes[forced]]
    choices: list[ModeChoice] = []
    shortfalls: list[Shortfall] = []
    for mode in offered:
        room_ghz = grid.spacing_ghz or mode.min_spacing_ghz
        if mode.rate_bps < rate_bps:
            shortfalls.append(Shortfall(mode.name, Lack.RATE, rate_bps, mode.rate_bps))
        elif mode.min_spacing_ghz > room_ghz:
            shortfalls.append(Shortfall(mode.name, Lack.SPACING, mode.min_spacing_ghz, room_ghz))
        else:
            available_db = gsnr_bw_db(mode)
            left_db = available_db - mode.required_gsnr_bw_db
            if left_db >= margin_db:
                slot_ghz = grid.slot_units(mode.min_spacing_ghz) * UNIT_GHZ
                choices.append(ModeChoice(mode, slot_ghz, left_db))
            else:
                needed_db = mode.required_gsnr_bw_db + margin_db
                shortfalls.append(Shortfall(mode.name, Lack.GSNR, needed_db, available_db))
    if choices:
        return min(choices, key=_preference)
    reason = (
        ModeRefusalReason.NO_FEASIBLE_MODE
        if forced is None
        else ModeRefusalReason.MODE_NOT_FEASIBLE
    )
    return ModeRefusal(reason, tuple(shortfalls))


def _preference(choice: ModeChoice) -> tuple[float, float, float, str]:
    return choice.slot_ghz, -choice.margin_db, choice.mode.power_w, choice.mode.name
