"""What must not be shown: passwords in URLs, and the values of variables whose names say that they are secret."""

import os
import re

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,20}://[^\s\"'<>]+")
#: A URL's user and password, and what stands behind a ? in it: a signed address is a key.
_SECRET_PARTS = ((re.compile(r"(?<=://)[^/?#]+@"), "***@"), (re.compile(r"\?.+"), "?***"))
_NAMES = re.compile(
    r"TOKEN(?!IZER)|SECRET|PASSW|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY", re.IGNORECASE
)
#: A shorter value is no secret, and could be part of any word.
SHORTEST = 8


def without_secrets(text: str) -> str:
    """The text with *** for secrets of this process's environment and for those in URLs."""
    for name, value in os.environ.items():
        if len(value) >= SHORTEST and _NAMES.search(name):
            text = text.replace(value, "***")
    return _URL.sub(_bare, text)


def _bare(url: re.Match[str]) -> str:
    text = url[0]
    for secret, shown in _SECRET_PARTS:
        text = secret.sub(shown, text)
    return text
