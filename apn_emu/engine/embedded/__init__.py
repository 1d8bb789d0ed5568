"""The embedded engine: a prebuilt kernel as an ordinary process, on virtual time."""
