"""Training of packs: K members of one cell at once, each with its own seed, hyper-parameters and early stop."""
