"""Scenario to plan: places, ports and addresses, lightpaths, and how packets go. Pure."""
