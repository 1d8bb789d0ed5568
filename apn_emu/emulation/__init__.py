"""The plan as a Mininet network: nodes, links, Open vSwitch, controller, and the session on it."""
