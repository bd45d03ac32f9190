"""Work that may fail, under a supervisor: every end is seen and recorded with its reason, and no end stops others."""
