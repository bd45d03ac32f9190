"""What each check of the data audit is about, and what it means for the numbers, in one sentence."""

from typing import NamedTuple


class Explanation(NamedTuple):
    """A heading and a sentence for a reader."""

    title: str
    meaning: str


#: By the name of the check, in the order of the audit.
EXPLANATIONS = {
    "duplicate-sequences": Explanation(
        "Users with the same sequence",
        "Such users are not independent: intervals that count each of them are too narrow.",
    ),
    "near-duplicate-sequences": Explanation(
        "Users with nearly the same items",
        "A target that stands in the train part of such another user can be remembered instead of predicted.",
    ),
    "titles": Explanation(
        "Titles",
        "Items with one title have one text vector: text alone cannot tell them apart.",
    ),
    "times": Explanation(
        "Equal times",
        "Among interactions of one time the order is a convention of the data, so that part of what a model is asked "
        "to predict is arbitrary, for every method alike.",
    ),
    "repeats": Explanation(
        "Repeated items",
        "Where users never return to an item, a model that ranks known items high wastes places, and where they often "
        "do, repeating the last item is a good guess.",
    ),
    "cold": Explanation(
        "Cold items",
        "A target that is never trained on can be found through its text only: an ID table knows nothing of it.",
    ),
    "overlap": Explanation(
        "Overlap in time",
        "Leave-one-out trains on what other users did after a target's time, so the numbers are higher than those of a "
        "system that only knows the past; methods are compared on equal terms all the same.",
    ),
    "order": Explanation(
        "What order tells",
        "If shuffling histories costs little, the dataset asks for tastes more than for sequences, and says little "
        "about how well a backbone reads order.",
    ),
    "popularity": Explanation(
        "Popularity of items and targets",
        "The more targets fall on few popular items, the further popularity alone goes, and the less an average says "
        "about rare items; the metrics of groups tell them apart.",
    ),
}
