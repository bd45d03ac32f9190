"""Models: a backbone (sequence encoder) and a method (where item vectors come from), packed K members at a time."""
