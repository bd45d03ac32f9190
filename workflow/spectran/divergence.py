"""What is said when training leaves the finite numbers."""


class DivergedError(ValueError):
    """A loss or a score is not finite, so that there is no result."""
