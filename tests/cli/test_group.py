"""What all commands share: help with examples, completion, errors without a traceback."""

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from apn_emu.cli import COMMANDS, group
from apn_emu.errors import InputError


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_examples(name):
    shown = CliRunner().invoke(group, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert f"\n    apn-emu {name}" in shown.output or f"(apn-emu {name}" in shown.output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_our_program(shell):
    shown = CliRunner().invoke(group, ["completion", shell])
    assert shown.exit_code == 0, shown.output
    assert "_APN_EMU_COMPLETE" in shown.output


def test_a_shell_completes_commands_and_options():
    asked = {
        "_APN_EMU_COMPLETE": "bash_complete",
        "COMP_WORDS": "apn-emu sweep --se",
        "COMP_CWORD": "2",
    }
    program = "import sys; sys.argv = ['apn-emu']; from apn_emu.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["plain,--set", "plain,--seeds"]


@pytest.mark.parametrize("name", ["run", "sweep"])
def test_an_error_that_ends_a_command_is_in_the_junit_file(name, tmp_path):
    file = tmp_path / "junit.xml"
    words = [name, str(tmp_path / "missing.yaml"), "--junit", str(file), "--out", str(tmp_path)]
    done = CliRunner().invoke(group, words)
    assert isinstance(done.exception, InputError)
    (error,) = ElementTree.parse(file).iter("error")
    assert "there is no such file" in error.get("message")
