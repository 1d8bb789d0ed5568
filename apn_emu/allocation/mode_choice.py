"""The modes that a demand may be served with, and the slot that each takes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from apn_emu.allocation.demands import Attempt, Demand, Reason
from apn_emu.errors import InputError, Problem
from apn_emu.network.building import nearest
from apn_emu.optics.grid import Channel, Grid
from apn_emu.optics.modes import TransceiverMode


def modes_for(
    demand: Demand, modes: Mapping[str, TransceiverMode], grid: Grid
) -> tuple[list[TransceiverMode], Attempt | None]:
    """Return the modes to try, narrowest slot first, or the attempt that says why none can do.

    Modes of one width come by power, then required OSNR, then name. Raises `InputError` for an
    unknown mode and for a channel that is not on the grid.
    """
    _check(demand, modes, grid)
    if demand.mode is not None:
        named = modes[demand.mode]
        if named.rate_bps < demand.rate_bps:
            text = f"{named.name} carries {named.rate_bps / 1e9:g}G, not {demand.rate_bps / 1e9:g}G"
            numbers = {"rate_bps": demand.rate_bps, "mode_rate_bps": named.rate_bps}
            return [], Attempt(Reason.MODE_NOT_FEASIBLE, text, None, named.name, None, numbers)
    offered = [modes[demand.mode]] if demand.mode else list(modes.values())
    fast = [mode for mode in offered if mode.rate_bps >= demand.rate_bps]
    if not fast:
        most = max((mode.rate_bps for mode in offered), default=0.0)
        text = f"no mode carries {demand.rate_bps / 1e9:g}G; the fastest carries {most / 1e9:g}G"
        numbers = {"rate_bps": demand.rate_bps, "fastest_bps": most}
        return [], Attempt(Reason.NO_FEASIBLE_MODE, text, numbers=numbers)
    width_of = {mode.name: slot_ghz(demand, mode, grid) for mode in fast}
    fitting = [mode for mode in fast if width_of[mode.name] is not None]
    if not fitting:
        least = min(mode.min_spacing_ghz for mode in fast)
        asked = demand.channel.width_ghz if demand.channel else demand.spacing_ghz
        room = min(filter(None, (asked, grid.spacing_ghz)), default=0.0)
        text = f"the modes of this rate need {least:g} GHz, the spacing is {room:g} GHz"
        numbers = {"needed_ghz": least, "spacing_ghz": room}
        return [], Attempt(Reason.NO_FEASIBLE_BAUDRATE_WITH_SPACING, text, numbers=numbers)
    return sorted(
        fitting,
        key=lambda m: (width_of[m.name], m.power_w, m.required_osnr_01nm_db, m.name),
    ), None


def _check(demand: Demand, modes: Mapping[str, TransceiverMode], grid: Grid) -> None:
    if demand.mode is not None and demand.mode not in modes:
        message, remedy = f"there is no mode {demand.mode!r}", nearest(demand.mode, modes)
        raise InputError(Problem(None, None, "mode", message, remedy))
    channel = demand.channel
    if channel is not None and not _on_grid(channel, grid):
        message = f"{channel.width_ghz:g} GHz at {channel.centre_thz:.9g} THz are not on the grid"
        raise InputError(Problem(None, None, "channel", message))
    if demand.spacing_ghz is not None and (demand.spacing_ghz <= 0 or demand.spacing_ghz % 12.5):
        message = f"{demand.spacing_ghz:g} GHz is not a multiple of 12.5 GHz"
        raise InputError(Problem(None, None, "spacing", message))


def slot_ghz(demand: Demand, mode: TransceiverMode, grid: Grid) -> float | None:
    """Return the slot that the demand gets in this mode, None when the mode does not fit."""
    needed_ghz = math.ceil(mode.min_spacing_ghz / 12.5) * 12.5
    asked_ghz = demand.channel.width_ghz if demand.channel else demand.spacing_ghz
    given_ghz = asked_ghz or grid.spacing_ghz or needed_ghz
    if needed_ghz > given_ghz or given_ghz > (grid.spacing_ghz or given_ghz):
        return None
    return given_ghz


def _on_grid(channel: Channel, grid: Grid) -> bool:
    """Return whether the grid has this very channel."""
    if grid.spacing_ghz is None:
        possible = channel.width > 0 and channel.width % 2 == 0
    else:
        possible = channel.width_ghz == grid.spacing_ghz
    return possible and channel in grid.channels(channel.width_ghz)
