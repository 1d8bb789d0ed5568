"""The lightpath service, its rules and its interface: what the controller decides. Pure."""
