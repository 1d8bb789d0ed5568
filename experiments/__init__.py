"""Scenarios that are shipped; `apn-emu run` takes their files."""
