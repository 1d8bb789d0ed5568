"""What all commands share: help with examples, completion, errors without a traceback."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from apn_emu.cli import COMMANDS, group, lightpath
from apn_emu.errors import ExitCode, InputError

SUBCOMMANDS = [f"lightpath {name}" for name in lightpath.command.commands]


@pytest.mark.parametrize("name", [*COMMANDS, *SUBCOMMANDS])
def test_every_command_shows_examples(name):
    shown = CliRunner().invoke(group, [*name.split(), "--help"])
    assert shown.exit_code == 0, shown.output
    assert re.search(rf"\n    (eval \"\$\()?apn-emu {name}", shown.output)


NO_JSON = {"completion", "lightpath", "lightpath openapi", "shell"}
"""A script, a group, JSON anyway, and a conversation."""


@pytest.mark.parametrize("name", sorted({*COMMANDS, *SUBCOMMANDS} - NO_JSON))
def test_commands_speak_to_programs(name):
    assert "--json" in CliRunner().invoke(group, [*name.split(), "--help"]).output


@pytest.mark.parametrize("words", [["plan", "x.yaml", "--svg"], ["run", "x.yaml", "--out"]])
def test_an_empty_name_is_refused(words):
    shown = CliRunner().invoke(group, [*words, ""])
    assert shown.exit_code == ExitCode.BAD_INPUT
    assert "the name is empty" in shown.output


def run(words, **files):
    command = [sys.executable, "-m", "apn_emu", *words]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, **files)


@pytest.mark.parametrize("words", [["topologies"], ["topologies", "--json"], ["--help"]])
def test_output_that_nobody_reads_or_that_has_no_room(words):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe, Path("/dev/full").open("wb") as full:
        done = run(words, stdout=pipe)
        assert (done.returncode, done.stderr) == (ExitCode.NOBODY_READS, "")
        done = run(words, stdout=full)
    assert done.returncode == ExitCode.MACHINE_LACKS
    assert done.stderr == "error: the output cannot be written: No space left on device\n"


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


def test_a_closed_input_does_not_become_the_next_file():
    program = "from apn_emu.cli import main, sys; sys.argv = ['apn-emu', '--version']\n"
    program += "try: main()\nexcept SystemExit: print(open('/dev/null').fileno() > 2)"
    command = ["bash", "-c", 'exec "$@" <&-', "bash", sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "True" in done.stdout
