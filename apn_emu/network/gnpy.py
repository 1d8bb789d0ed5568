"""GNPy's topology JSON (docs of oopt-gnpy, "JSON input files"): ROADMs joined by chains of fibre.

Nodes are the elements of type Roadm. From each, every connection is followed through Fiber,
RamanFiber, Edfa, Multiband_amplifier and Fused elements to the next ROADM; the lengths add up.
"""

from __future__ import annotations

from typing import Any

from apn_emu.network.building import Draft, Record
from apn_emu.network.directions import Directed, add_pairs, identifier

_FIBRES = ("Fiber", "RamanFiber")
_PASSED = ("Edfa", "Multiband_amplifier", "Fused")
_KM_OF_UNIT = {"km": 1.0, "m": 1e-3}


def is_gnpy(document: object) -> bool:
    """Return whether a JSON document is a GNPy topology."""
    return isinstance(document, dict) and {"elements", "connections"} <= document.keys()


def draft_from_gnpy(document: dict[str, Any], file: str, name: str) -> Draft:
    """Return the draft of a GNPy topology. (0, 0), which GNPy writes for unknown, is no place."""
    draft = Draft(file, str(document.get("network_name") or name), [], [])
    elements = {str(e.get("uid")): e for e in document["elements"] if isinstance(e, dict)}
    following: dict[str, list[str]] = {}
    for number, connection in enumerate(document["connections"]):
        ends = [str(connection.get(key)) for key in ("from_node", "to_node")]
        for key, uid in zip(("from_node", "to_node"), ends, strict=True):
            if uid not in elements:
                draft.wrong(f"connections[{number}].{key}", f"there is no element {uid!r}")
        following.setdefault(ends[0], []).append(ends[1])
    roadms = [uid for uid, element in elements.items() if element.get("type") == "Roadm"]
    if not roadms:
        draft.wrong("elements", "there is no element of type Roadm", "add the ROADM of each site")
    for uid in roadms:
        draft.nodes.append(_node(uid, elements[uid]))
    if not draft.problems:
        directed = [
            found
            for uid in roadms
            for first in following.get(uid, [])
            if (found := _follow(draft, uid, first, elements, following)) is not None
        ]
        add_pairs(draft, directed)
    return draft


def _node(uid: str, element: dict[str, Any]) -> Record:
    location = (element.get("metadata") or {}).get("location") or {}
    fields: dict[str, object] = {"id": _id(uid), "name": location.get("city") or uid}
    lat, lon = location.get("latitude"), location.get("longitude")
    if (lat, lon) != (0, 0):
        fields |= {"lat": lat, "lon": lon}
    return Record(f"element {uid!r}", fields)


def _id(uid: str) -> str:
    return identifier(uid.removeprefix("roadm "))


def _follow(
    draft: Draft,
    roadm: str,
    uid: str,
    elements: dict[str, Any],
    following: dict[str, list[str]],
) -> Directed | None:
    """Return the link that leaves a ROADM through `uid`; None where it ends at a transceiver."""
    km, first, seen = 0.0, uid, {roadm}
    while (kind := elements[uid].get("type")) != "Roadm":
        if kind == "Transceiver":
            return None
        if kind in _FIBRES:
            km += _length_km(draft, uid, elements[uid])
        elif kind not in _PASSED:
            draft.wrong(f"element {uid!r}", f"type {kind!r} is not known inside a link")
            return None
        onward = following.get(uid, [])
        if len(onward) != 1 or uid in seen:
            message = f"{len(onward)} connections leave it, one is right inside a link"
            draft.wrong(f"element {uid!r}", message)
            return None
        seen.add(uid)
        uid = onward[0]
    return Directed(f"element {first!r}", _id(roadm), _id(uid), round(km, 9))


def _length_km(draft: Draft, uid: str, element: dict[str, Any]) -> float:
    params = element.get("params") or {}
    length, unit = params.get("length"), params.get("length_units", "km")
    if isinstance(length, bool) or not isinstance(length, int | float):
        draft.wrong(f"element {uid!r}", "the fibre has no length", "give params.length")
        return 0.0
    if unit not in _KM_OF_UNIT:
        draft.wrong(f"element {uid!r}", f"length unit {unit!r} is not known", "use km or m")
        return 0.0
    return float(length) * _KM_OF_UNIT[unit]
