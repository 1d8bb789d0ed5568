"""The host engine: a session on the kernel of this machine, in real time."""
