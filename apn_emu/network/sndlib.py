"""SNDlib's XML (sndlib.zib.de, format 1.0): nodes with coordinates, links with ends.

SNDlib states costs and capacities but no lengths. A link must therefore hold, as an addition,
`<length unit="km">98</length>`; great circles are never taken instead.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from apn_emu.errors import InputError, Problem
from apn_emu.network.building import Draft, Record
from apn_emu.network.directions import identifier

_REMEDY = 'SNDlib has no lengths: add <length unit="km">98</length> to the link'


def draft_from_sndlib(text: str, file: str, name: str) -> Draft:
    """Return the draft of an SNDlib network; raise `InputError` when it is no such XML."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise InputError(Problem(file, line, None, f"not XML: {error}")) from error
    nodes, links = root.find(".//{*}nodes"), root.find(".//{*}links")
    if not root.tag.endswith("network") or nodes is None or links is None:
        remedy = "SNDlib's root is <network> with <nodes> and <links>"
        raise InputError(Problem(file, None, None, "this is not an SNDlib network", remedy))
    draft = Draft(file, name, [], [])
    geographical = nodes.get("coordinatesType") == "geographical"
    for node in nodes.findall("{*}node"):
        label = node.get("id", "")
        fields: dict[str, object] = {"id": identifier(label), "name": label}
        if geographical:
            fields |= {"lon": _number(node, "x"), "lat": _number(node, "y")}
        draft.nodes.append(Record(f"node {label!r}", fields))
    for link in links.findall("{*}link"):
        key = f"link {link.get('id', '')!r}"
        ends = [identifier(link.findtext(f"{{*}}{end}", "")) for end in ("source", "target")]
        fields = {"a": ends[0], "b": ends[1]}
        length = link.find("{*}length")
        if length is None or length.get("unit") != "km":
            draft.wrong(key, f"the link {'-'.join(ends)} has no length in km", _REMEDY)
            fields["km"] = 1.0  # the problem is noted; say it once
        else:
            fields["km"] = _number(link, "length")
        draft.links.append(Record(key, fields))
    return draft


def _number(parent: ElementTree.Element, tag: str) -> float | str | None:
    """Return the number in a descendant, or its text when it is none, for the checks to refuse."""
    text = parent.findtext(f".//{{*}}{tag}")
    try:
        return None if text is None else float(text)
    except ValueError:
        return text
