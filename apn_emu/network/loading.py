"""Networks from files: the shipped ones by name, any other by path. The package's only I/O."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from apn_emu.errors import InputError, Problem
from apn_emu.network.building import Draft, build_network, nearest
from apn_emu.network.gnpy import draft_from_gnpy, is_gnpy
from apn_emu.network.graphs import draft_from_gml, draft_from_graphml
from apn_emu.network.model import Network
from apn_emu.network.native import draft_from_native, parse_json, parse_yaml
from apn_emu.network.sndlib import draft_from_sndlib

SUFFIXES = (".yaml", ".yml", ".json", ".graphml", ".gml", ".xml")


def shipped_networks() -> tuple[str, ...]:
    """Return the names of the networks in topologies/, sorted."""
    return tuple(sorted(_shipped()))


def load_network(name_or_path: str, base: Path | None = None) -> Network:
    """Return the network of that name in topologies/, or of that file.

    A relative path counts from `base` (the folder of the scenario that names it), else from the
    working directory. Raises `InputError` with file and key of everything that is wrong.
    """
    shipped = _shipped()
    if name_or_path in shipped:
        file = shipped[name_or_path]
        return parse_network(file.read_text("utf-8"), file.name, name_or_path, ".json")
    path = (base or Path()) / name_or_path
    if path.suffix.lower() not in SUFFIXES and "/" not in name_or_path and not path.is_file():
        remedy = f"{nearest(name_or_path, shipped)}; or give a file"
        raise InputError(
            Problem(None, None, "network", f"there is no network {name_or_path!r}", remedy)
        )
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise InputError(
            Problem(str(path), None, "network", error.strerror or str(error))
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(Problem(str(path), None, None, f"not UTF-8 text: {error}")) from error
    return parse_network(text, str(path), path.stem, path.suffix.lower())


def parse_network(text: str, file: str, name: str, suffix: str) -> Network:
    """Return the network of a file's text; `suffix` tells the format, `file` is for errors."""
    return build_network(_draft(text, file, name, suffix))


def _draft(text: str, file: str, name: str, suffix: str) -> Draft:
    if suffix == ".json":
        document = parse_json(text, file)
        if isinstance(document, dict) and is_gnpy(document):
            return draft_from_gnpy(document, file, name)
        return draft_from_native(document, text, file, name)
    if suffix in (".yaml", ".yml"):
        return draft_from_native(parse_yaml(text, file), text, file, name)
    if suffix == ".graphml":
        return draft_from_graphml(text, file, name)
    if suffix == ".gml":
        return draft_from_gml(text, file, name)
    if suffix == ".xml":
        return draft_from_sndlib(text, file, name)
    formats = "YAML, JSON (ours or GNPy's), GraphML, GML or SNDlib XML"
    remedy = f"use {formats}, with suffix {', '.join(SUFFIXES)}"
    raise InputError(Problem(file, None, None, f"unknown network format {suffix!r}", remedy))


def _shipped() -> dict[str, Traversable]:
    folder = files("apn_emu.topologies")
    return {
        file.name.removesuffix(".json"): file
        for file in folder.iterdir()
        if file.name.endswith(".json")
    }
