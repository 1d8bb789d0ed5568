"""Finished runs, kept in the user's cache under the hash of all that they depend on."""

from __future__ import annotations

import json
import pickle
import shutil
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from apn_emu.engine.embedded.cache import cache_folder, digest, write_file
from apn_emu.engine.embedded.programs import GUEST_PATH, find_program
from apn_emu.engine.running import Run
from apn_emu.scenario.loading import network_of
from apn_emu.scenario.schema import Scenario

GUEST_FOLDER = "/mnt/scenario"


def key_of(scenario: Scenario, engine: Mapping[str, str]) -> str:
    """Return the hash of the scenario with its network, files and programs, and of the engine."""
    folder = scenario.source.folder.resolve()
    files = {str(f.relative_to(folder)): digest(f.read_bytes()) for f in _files(scenario)}
    network = repr(network_of(scenario))
    content = [scenario.to_dict(), network, files, _programs(scenario), dict(engine)]
    return digest(json.dumps(content, sort_keys=True))


def load(key: str) -> Run | None:
    """Return the run that was saved under this key, None if there is none."""
    try:
        data = _path(key).read_bytes()
    except FileNotFoundError:
        return None
    # The folder is the user's own and nobody else's (`cache_folder` checks it), and a key is good
    # for one state of our code only, so a pickle is safe and fits.
    try:
        run: Run = pickle.loads(zlib.decompress(data))
    except (zlib.error, pickle.UnpicklingError, EOFError):
        return None  # damaged on the disk: it is run again and replaced
    return run


def save(key: str, run: Run) -> None:
    """Save a run, unless it was not exact: then the same run may have another result."""
    if run.result.engine.exact:
        write_file(_path(key), zlib.compress(pickle.dumps(run)))


def _path(key: str) -> Path:
    folder = cache_folder() / "runs"
    folder.mkdir(exist_ok=True)
    return folder / key


def _programs(scenario: Scenario) -> dict[str, str]:
    """Return a hash of each program that the scenario's workloads run, by name."""
    words = {word.strip("'\"();") for text in _texts(scenario.to_dict()) for word in text.split()}
    named = {word: _program(word) for word in sorted(words)}
    own = {program for entry in scenario.workloads for program in entry.made_from.programs.items()}
    needed = {
        name: digest(Path(find_program(name, package)).read_bytes())
        for name, package in sorted(own)
    }
    return {name: known for name, known in named.items() if known} | needed


@cache
def _program(word: str) -> str:
    """Return a hash of the program that this word names in the guest, nothing if it names none."""
    found = shutil.which(word, path=GUEST_PATH)
    return digest(Path(found).read_bytes()) if found else ""


def _files(scenario: Scenario) -> Iterator[Path]:
    """Yield the files that the scenario names, and those beside them, which they may read.

    A file is named by its path from the scenario's folder; in a command, by that in the guest.
    """
    if not scenario.source.file:
        return
    folder = scenario.source.folder.resolve()
    places = set()
    for word in (
        word.strip("'\"();") for text in _texts(scenario.to_dict()) for word in text.split()
    ):
        in_guest = word == GUEST_FOLDER or word.startswith(f"{GUEST_FOLDER}/")
        path = (folder / word.removeprefix(GUEST_FOLDER).lstrip("/")).resolve()
        if path.is_dir() and in_guest:
            places.add(path)
        elif path.is_file():
            places.add(path.parent)
    itself = Path(scenario.source.file).resolve()
    for place in sorted(place for place in places if place.is_relative_to(folder)):
        yield from (path for path in sorted(place.iterdir()) if path.is_file() and path != itself)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
