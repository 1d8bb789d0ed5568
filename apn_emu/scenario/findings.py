"""What a check of a scenario finds: the place, what is wrong there, and what would be right."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from apn_emu.documents import Loc
from apn_emu.network.building import nearest
from apn_emu.network.model import Network

Finding = tuple[Loc, str, str | None]
"""Where, what is wrong, what would be right."""


def unknown(
    loc: Loc, what: str, name: str, known: Collection[str], where: str = ""
) -> Iterator[Finding]:
    """Yield a finding if `name` is not among the known ones."""
    if name not in known:
        yield loc, f"there is no {what} {name!r}{where}", nearest(name, known)


def unknown_node(loc: Loc, name: str, network: Network) -> Iterator[Finding]:
    """Yield a finding if the network has no such node."""
    yield from unknown(loc, "node", name, network.node_by_id, f" in {network.name}")
