"""The spectrum of all fibres that carry light: a row for each, a box for each channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from apn_emu.optics.grid import C_BAND_LOWER_THZ, C_BAND_UNITS, UNIT_GHZ, Channel

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 1000, 190, 12, 26, 18


def spectrum(plan: Mapping[str, Any]) -> str:
    """Return the picture as inline SVG; `plan` is what plan.json holds."""
    lit = {fibre: list(_slots(plan, fibre)) for fibre in (f["id"] for f in plan["fibres"])}
    rows = {fibre: slots for fibre, slots in lit.items() if slots}
    channels = [channel for slots in rows.values() for _, channel in slots]
    low_thz = min(C_BAND_LOWER_THZ, *(_lower_thz(channel) for channel in channels))
    high_thz = C_BAND_LOWER_THZ + C_BAND_UNITS * UNIT_GHZ / 1e3
    scale = (_WIDTH - _LEFT - _RIGHT) / (high_thz - low_thz)
    height = _TOP + _ROW * len(rows) + 4

    def x(thz: float) -> float:
        return _LEFT + (thz - low_thz) * scale

    parts = [
        f'<svg class="picture" viewBox="0 0 {_WIDTH} {height}" role="img">',
        "<title>THz</title>",
    ]
    parts.append(
        f'<text class="quiet" x="{_LEFT - 8}" y="14" font-size="11" text-anchor="end">THz</text>'
    )
    for half_thz in range(int(low_thz * 2) + 1, int(high_thz * 2) + 1):
        at = x(half_thz / 2)
        parts.append(
            f'<text class="quiet" x="{at:.1f}" y="14" font-size="11" text-anchor="middle">'
            f"{half_thz / 2:g}</text>"
            f'<line class="row" x1="{at:.1f}" y1="{_TOP - 6}" x2="{at:.1f}" y2="{height}"/>'
        )
    for number, (fibre, slots) in enumerate(rows.items()):
        y = _TOP + _ROW * number
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 12}" font-size="12" text-anchor="end">'
            f"{escape(fibre)}</text>"
        )
        for name, channel in slots:
            wide = max(2.0, channel.width_ghz / 1e3 * scale)
            place = f'x="{x(_lower_thz(channel)):.1f}" y="{y}" width="{wide:.1f}"'
            tip = f"{name}: {channel.centre_thz:g} THz, {channel.width_ghz:g} GHz"
            parts.append(
                f'<rect class="slot" data-lightpath="{escape(name)}" {place} height="{_ROW - 3}">'
                f"<title>{escape(tip)}</title></rect>"
            )
    return "\n".join([*parts, "</svg>"])


def _slots(plan: Mapping[str, Any], fibre: str) -> Iterator[tuple[str, Channel]]:
    for lightpath in plan["lightpaths"]:
        for path in (lightpath, lightpath["protecting"]):
            if path is not None and fibre in path["fibres"]:
                yield lightpath["id"], Channel(path["channel_lower"], path["channel_width"])


def _lower_thz(channel: Channel) -> float:
    return channel.centre_thz - channel.width_ghz / 2e3
