"""What workloads are made of: the running session, connections, collectives, hops."""
