"""The controller's north side as pure translation: requests in, answers out, no socket."""
