"""Networks from files: the shipped ones by name, any other by path. The package's only I/O."""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from apn_emu.documents import parse_text
from apn_emu.errors import InputError, Problem
from apn_emu.network.building import Draft, build_network, nearest
from apn_emu.network.gnpy import draft_from_gnpy, is_gnpy
from apn_emu.network.graphs import draft_from_gml, draft_from_graphml
from apn_emu.network.model import Network
from apn_emu.network.native import draft_from_native, line_in, line_in_json, parse_json
from apn_emu.network.sndlib import draft_from_sndlib
from apn_emu.units import format_bytes

SUFFIXES = (".yaml", ".yml", ".json", ".graphml", ".gml", ".xml")

MOST_BYTES = 100_000_000
"""Of a file: more is not what was meant, or never ends."""


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
    return parse_network(read_text(path, "network"), str(path), path.stem, path.suffix.lower())


def read_text(path: Path, kind: str) -> str:
    """Return the text of a `kind` file that a user names, without a byte order mark.

    Raises `InputError` that says why it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            message = f"more than {format_bytes(MOST_BYTES)} are no {kind} file"
            raise InputError(Problem(str(path), None, None, message))
        return data.decode("utf-8-sig")
    except IsADirectoryError as error:
        message, remedy = "this is a folder", f"give a {kind} file"
        raise InputError(Problem(str(path), None, None, message, remedy)) from error
    except FileNotFoundError as error:
        raise InputError(Problem(str(path), None, None, "there is no such file")) from error
    except OSError as error:
        raise InputError(Problem(str(path), None, None, error.strerror or str(error))) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8 text: byte 0x{error.object[error.start]:02x}"
        raise InputError(Problem(str(path), line, None, message, "save it as UTF-8")) from error


def parse_network(text: str, file: str, name: str, suffix: str) -> Network:
    """Return the network of a file's text; `suffix` tells the format, `file` is for errors."""
    return build_network(_draft(text, file, name, suffix))


def _draft(text: str, file: str, name: str, suffix: str) -> Draft:
    if suffix == ".json":
        document = parse_json(text, file)
        if isinstance(document, dict) and is_gnpy(document):
            return draft_from_gnpy(document, file, name)
        return draft_from_native(document, file, name, partial(line_in_json, text))
    if suffix in (".yaml", ".yml"):
        document, lines = parse_text(text, file)
        return draft_from_native(document, file, name, partial(line_in, lines))
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
