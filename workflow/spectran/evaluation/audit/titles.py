"""Check: titles that say little, or say the same of two items."""

import re

from spectran.evaluation.audit.measure import Measure, share
from spectran.evaluation.audit.splits import Splits

CHECK = "titles"

#: Titles of fewer characters are counted as short.
SHORT = 10
#: A character written as an HTML entity: &amp; &#39; &#x27;
ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")


def titles(splits: Splits) -> list[Measure]:
    """Equal titles and the items and targets they tie, short titles, and titles with HTML entities."""
    text = splits.titles
    tied = text.duplicated(keep=False).to_numpy()
    return [
        Measure(CHECK, "different titles", text.nunique(), "titles", f"of {len(text)} items; case and blanks count"),
        Measure(CHECK, "items whose title another item has", int(tied.sum()), "items"),
        Measure(
            CHECK,
            "share of test targets whose title another item has",
            share(tied[splits.test]),
            "share",
            "text alone cannot rank them apart from that item",
        ),
        Measure(
            CHECK,
            "items with a short title",
            int((text.str.len() < SHORT).sum()),
            "items",
            f"fewer than {SHORT} characters",
        ),
        Measure(
            CHECK,
            "items with an HTML entity in the title",
            int(text.map(lambda title: ENTITY.search(title) is not None).sum()),
            "items",
            "such as &amp;, which the encoder reads as it is written",
        ),
    ]
