"""One file a workload, found by its presence; see "Adding a workload" in docs/workloads.md.

The folders that the variable names, separated by colons, hold workloads as well: a user's own.
"""

import os

VARIABLE = "APN_EMU_WORKLOADS"

__path__ += filter(None, os.environ.get(VARIABLE, "").split(os.pathsep))
