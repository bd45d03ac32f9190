"""The one error of this stage."""


class DataError(ValueError):
    """Data that cannot be used; the message names the file, the place in it, what was found and what was expected."""
