"""Automatic design of a line: where the amplifiers stand and what they are set to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from apn_emu.optics.equipment import Equipment
from apn_emu.optics.line import Amplifier, Element, Roadm, Span


@dataclass(frozen=True)
class LinkDesign:
    """What a user may fix of one link: its spans (km, from `a` to `b`) and its fibre type."""

    spans_km: tuple[float, ...] | None = None
    fibre: str | None = None


def place_spans(
    length_km: float, equipment: Equipment, design: LinkDesign | None = None
) -> tuple[Span, ...]:
    """Return a link's spans: equal ones of at most `max_span_km`, or those of `design`.

    Raises `ValueError` when the spans of `design` do not add up to the link's length, a length is
    not positive, or its fibre type is unknown.
    """
    design = design or LinkDesign()
    if not length_km > 0:
        raise ValueError(f"length of {length_km:g} km is not positive")
    name = design.fibre or equipment.fibre
    if name not in equipment.fibres:
        known = ", ".join(equipment.fibres)
        raise ValueError(f"fibre type {name!r} is unknown (known: {known})")
    count = math.ceil(length_km / equipment.max_span_km - 1e-9)
    lengths_km = design.spans_km or (length_km / count,) * count
    if min(lengths_km) <= 0 or not math.isclose(sum(lengths_km), length_km, abs_tol=1e-3):
        given = " + ".join(f"{span_km:g}" for span_km in lengths_km)
        raise ValueError(f"spans of {given} km do not make up a link of {length_km:g} km")
    fibre = equipment.fibres[name]
    connector_db = equipment.connector_loss_db
    spans = []
    for span_km in lengths_km:
        bare = Span(fibre, span_km, connector_db, connector_db)
        # Padding stands before the fibre's input and so lowers the launched power too, as in GNPy
        padding_db = max(0.0, equipment.min_span_loss_db - bare.loss_db)
        spans.append(Span(fibre, span_km, connector_db, connector_db, padding_db))
    return tuple(spans)


def line_elements(spans: Sequence[Span], equipment: Equipment) -> tuple[Element, ...]:
    """Return one ROADM-to-ROADM section: ROADM, booster, and after every span an amplifier.

    The booster lifts the ROADM's output to the launch power; each amplifier makes up the loss of
    the span before it, so the launch power is the same everywhere. The last one is the preamplifier
    of the next ROADM.
    """
    noise_figure_db = equipment.noise_figure_db
    target_dbm = equipment.roadm_target_dbm_per_50ghz
    elements: list[Element] = [
        Roadm(target_dbm),
        Amplifier(equipment.launch_dbm_per_50ghz - target_dbm, noise_figure_db),
    ]
    for span in spans:
        elements += [span, Amplifier(span.loss_db, noise_figure_db)]
    return tuple(elements)
