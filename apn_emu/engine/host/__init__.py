"""The host engine: a session on the kernel of this machine, in real time."""

LATENESS = "lateness.json"
"""What the session leaves about its timers."""
