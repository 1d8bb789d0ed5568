"""Line equipment as data, each value with its source (equipment.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources

from apn_emu.optics.fibre import FibreType


@dataclass(frozen=True)
class Equipment:
    """What a line is built of; change a value with `dataclasses.replace`.

    Powers are per 50 GHz of slot width, so a channel of 150 GHz is launched 4.8 dB stronger: the
    power density is the same for all, which keeps the interference between unlike channels even.
    `add_drop_osnr_01nm_db` is the noise of the add and the drop ROADM together. `min_span_loss_db`:
    attenuators pad a shorter span up to it. `sources` maps each field to where its value is from.
    """

    fibre: str
    fibres: Mapping[str, FibreType]
    max_span_km: float
    min_span_loss_db: float
    connector_loss_db: float
    noise_figure_db: float
    launch_dbm_per_50ghz: float
    roadm_target_dbm_per_50ghz: float
    add_drop_osnr_01nm_db: float
    amplifier_power_w: float
    roadm_power_w: float
    sources: Mapping[str, str]


def parse_equipment(text: str) -> Equipment:
    """Return the equipment of an equipment.json; raise `ValueError` naming what is missing."""
    record = json.loads(text)
    names = [field.name for field in fields(Equipment)]
    sources = record.get("sources", {})
    missing = [name for name in names if name not in record]
    missing += [f"source of {name}" for name in names[:-1] if not sources.get(name)]
    if missing:
        raise ValueError(f"equipment: lacks {', '.join(missing)}")
    values = {name: record[name] for name in names}
    values["fibres"] = {fibre["name"]: FibreType(**fibre) for fibre in record["fibres"]}
    if values["fibre"] not in values["fibres"]:
        raise ValueError(f"equipment: fibre {values['fibre']!r} is not among its fibres")
    return Equipment(**values)


@cache
def default_equipment() -> Equipment:
    """Return the equipment that ships with the package."""
    text = resources.files(__package__).joinpath("equipment.json").read_text("utf-8")
    return parse_equipment(text)
