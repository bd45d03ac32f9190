"""How fast the workflow is, against peers and against plain code, in one run on one machine: `make bench`."""
