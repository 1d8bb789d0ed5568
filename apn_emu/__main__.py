"""`python -m apn_emu`: the command line."""

from apn_emu.cli import main

main()
