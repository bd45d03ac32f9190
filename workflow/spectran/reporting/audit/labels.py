"""Names of the published tables as a reader knows them."""

from collections.abc import Sequence

LABELS = {
    "toys": "Toy",
    "beauty": "Beauty",
    "clothing": "Clothing",
    "office": "Office",
    "bert4rec": "BERT4Rec",
    "sasrec": "SASRec",
    "hstu": "HSTU",
    "ndcg@10": "NDCG@10",
    "ndcg@20": "NDCG@20",
    "hr@10": "HR@10",
    "hr@20": "HR@20",
    "without_attention": "without φ(QKᵀ)",
    "singular_values_as_weights": "singular values as weights",
    "identity_weights": "ones as weights",
    "without_positional_encoding": "without positional weights",
}


def say(value: object) -> str:
    """What a key of the published tables is called; anything else as it stands."""
    return LABELS.get(str(value), str(value))


def listed(parts: Sequence[str]) -> str:
    """A, B and C."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
