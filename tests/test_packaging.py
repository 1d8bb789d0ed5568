"""What is installed is everything that there is."""

import configparser
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_package_is_installed() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    found = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for file in (ROOT / "apn_emu").rglob("__init__.py")
    }
    assert found <= listed
    assert all("*" not in name for name in listed)
