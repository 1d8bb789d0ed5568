"""Where a plan runs: in an embedded kernel on virtual time, or on the host itself."""
