"""A small writer of SVG pictures: shapes in, one self-contained text out. No dependency.

Coordinates are pixels from the upper left corner. Same shapes, same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Colours that colour-blind readers can tell apart (Okabe & Ito, 2008)."""

GREY, LIGHT = "#555555", "#dddddd"


class Svg:
    """A picture of `width` x `height` pixels with a `title` that screen readers speak."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self.width = width
        self.height = height
        self.title = title
        self._parts: list[str] = []

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = GREY, width: float = 1.0
    ) -> None:
        """Draw a straight line."""
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=width)

    def polyline(
        self, points: Iterable[tuple[float, float]], colour: str, width: float = 2.0
    ) -> None:
        """Draw a line through points."""
        path = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        self._add("polyline", points=path, fill="none", stroke=colour, stroke_width=width)

    def rect(
        self, x: float, y: float, width: float, height: float, colour: str, tip: str = ""
    ) -> None:
        """Draw a filled rectangle; `tip` shows under the pointer."""
        self._add("rect", tip, x=x, y=y, width=width, height=height, fill=colour)

    def circle(self, x: float, y: float, radius: float, colour: str, tip: str = "") -> None:
        """Draw a filled circle; `tip` shows under the pointer."""
        self._add("circle", tip, cx=x, cy=y, r=radius, fill=colour)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str = "start",
        size: float = 12.0,
        colour: str = "#000000",
        turned: bool = False,
    ) -> None:
        """Write text; `anchor` is start, middle or end, `turned` writes upwards."""
        values: dict[str, float | str] = {"x": x, "y": y, "text_anchor": anchor}
        values |= {"font_size": size, "fill": colour}
        if turned:
            values["transform"] = f"rotate(-90 {_number(x)} {_number(y)})"
        self._parts.append(f"<text{_attributes(values)}>{escape(text)}</text>")

    def to_text(self) -> str:
        """Return the picture as an SVG document."""
        width, height = _number(self.width), _number(self.height)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" font-family="sans-serif" role="img">'
        )
        background = f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
        title = f"<title>{escape(self.title)}</title>"
        return "\n".join([head, title, background, *self._parts, "</svg>\n"])

    def _add(self, shape: str, tip: str = "", **values: float | str) -> None:
        inner = f"><title>{escape(tip)}</title></{shape}>" if tip else "/>"
        self._parts.append(f"<{shape}{_attributes(values)}{inner}")


def _attributes(values: dict[str, float | str]) -> str:
    return "".join(
        f" {name.replace('_', '-')}={quoteattr(v if isinstance(v, str) else _number(v))}"
        for name, v in values.items()
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
