"""Ryu applications that light the network; each also runs under os-ken, Ryu's continuation."""
