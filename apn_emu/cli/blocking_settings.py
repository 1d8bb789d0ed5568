"""What the options of `apn-emu blocking` mean: the runs, and what their results depend on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from apn_emu.allocation.blocking_model import BlockingModel, parse_modulations, parse_rates
from apn_emu.allocation.policies import Policy
from apn_emu.allocation.routes import Order
from apn_emu.allocation.sweep import Run, parse_loads
from apn_emu.allocation.traffic import Traffic
from apn_emu.errors import InputError, Problem
from apn_emu.network.loading import load_network
from apn_emu.optics.grid import C_BAND_UNITS, UNIT_GHZ
from apn_emu.optics.modes import default_modes

T = TypeVar("T")


def runs_of(options: dict[str, Any]) -> list[Run]:
    """Return the runs: for each load, one with each seed. Raises `InputError`."""
    model = _model(options)
    loads = _checked("--load", parse_loads, options["load"])
    if 0 < options["truncate"] < 0.001:
        remedy = "it is 0 or at least 0.001: less is hardly ever drawn"
        raise InputError(Problem(None, None, "--truncate", f"{options['truncate']:g}", remedy))
    return [
        Run(
            model,
            Traffic(load, options["holding"], options["truncate"] or None),
            options["requests"],
            options["warmup"],
            seed,
        )
        for load in loads
        for seed in range(options["seed"], options["seed"] + options["repeat"])
    ]


def settings(run: Run, options: dict[str, Any]) -> dict[str, Any]:
    """Return everything that the results depend on, as plain values."""
    model = run.model
    return {
        "network": model.network.name,
        "policy": str(model.policy),
        "k": model.k,
        "order": str(model.order),
        "order_detail": _order(run),
        "slots": model.slots,
        "slot_ghz": model.slot_ghz,
        "guard_slots": model.guard_slots,
        "demand_slots": model.demand_slots,
        "rates_gbps": options["rates"],
        "modulations": "by quality of transmission" if model.modes else options["modulations"],
        "direction": options["direction"],
        "mean_holding": run.traffic.mean_holding,
        "holding_truncated_at_means": run.traffic.truncation,
        "requests": run.requests,
        "warmup": run.warmup,
        "seed": options["seed"],
        "repeat": options["repeat"],
        "preset": options["preset"],
    }


def _model(options: dict[str, Any]) -> BlockingModel:
    if options["quality"] and (options["slot_ghz"] != UNIT_GHZ or options["slots"] > C_BAND_UNITS):
        message = f"{options['slots']} slots of {options['slot_ghz']:g} GHz"
        remedy = f"with --quality a fibre has at most {C_BAND_UNITS} slots of {UNIT_GHZ} GHz"
        raise InputError(Problem(None, None, "--slots", message, remedy))
    return BlockingModel(
        network=load_network(options["network"]),
        policy=_checked("--policy", Policy.parse, options["policy"]),
        k=options["k"],
        order=Order(options["order"]),
        ties=options["ties"],
        slots=options["slots"],
        slot_ghz=options["slot_ghz"],
        guard_slots=options["guard_slots"],
        demand_slots=options["demand_slots"],
        modulations=_checked("--modulations", parse_modulations, options["modulations"]),
        rates_gbps=_checked("--rates", parse_rates, options["rates"]),
        shared=options["direction"] == "shared",
        modes=tuple(default_modes().values()) if options["quality"] else (),
    )


def _order(run: Run) -> str:
    model = run.model
    if model.order == "km":
        return "fewest km, tried in this order"
    tried = "in this order" if model.modes else "by hops / bits per symbol"
    return f"fewest hops, ties: {model.ties}, tried {tried}"


def _checked(option: str, parse: Callable[[str], T], text: str) -> T:
    """Return the parsed option; raise `InputError` that names it."""
    try:
        return parse(text)
    except ValueError as error:
        raise InputError(Problem(None, None, option, str(error))) from error
