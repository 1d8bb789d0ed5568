"""What the controller decides: rules of a plan, provisioning, faults. Pure, gets `now`."""
