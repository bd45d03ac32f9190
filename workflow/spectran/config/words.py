"""Names and texts of a study that would be something else on another system, or to the eye, than they are."""

import re

#: Names that Windows keeps for devices: a folder of that name cannot be copied there.
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")
#: Control characters but tab and line feed, halves of surrogates, and what turns the direction of the text after it.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def no_device(name: str) -> str:
    """The name of a folder.

    Raises:
        ValueError: if a system of a reader's keeps it for a device.
    """
    if _DEVICE.fullmatch(name):
        raise ValueError(f"another name expected, found {name!r}, which Windows keeps for a device")
    return name


def plain_text(text: str) -> str:
    """A text of a study, which stands in tables, figures and pages.

    Raises:
        ValueError: if it holds characters that no reader sees, though they change what is read.
    """
    found = _UNSEEN.search(text)
    if found:
        raise ValueError(f"text without control characters expected, found {found[0]!a} in {text[:60]!a}")
    return text
