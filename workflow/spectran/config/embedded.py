"""The embedded study: the default, small enough to end in minutes and complete enough to show every stage."""

from typing import Any

#: What the default study asks for; every key left out keeps its default. config/config.yaml is written from it.
EMBEDDED: dict[str, Any] = {
    "name": "embedded",
    "description": "A seeded synthetic catalogue, encoded by MiniLM and learned by a small SASRec. It shows the whole "
    "path in minutes; its numbers say nothing about the paper.",
    "results": "results",
    "datasets": {"synthetic": {"label": "Synthetic", "source": "synthetic", "synthetic": {}}},
    "encoder": {"preset": "minilm"},
    "backbones": {"sasrec": {}},
    "methods": {
        "base": {},
        "morec": {},
        "alphafuse": {},
        "spectran": {},
        "spectran-without-attention": {
            "kind": "spectran",
            "attention": False,
            "row": "without_attention",
            "label": "SpecTran w/o φ(QKᵀ)",
        },
        "spectran-singular-values": {
            "kind": "spectran",
            "positional": "singular_values",
            "row": "singular_values_as_weights",
            "label": "SpecTran, D → Σ",
        },
        "spectran-identity": {
            "kind": "spectran",
            "positional": "identity",
            "row": "identity_weights",
            "label": "SpecTran, D → I",
        },
        "spectran-without-positional": {
            "kind": "spectran",
            "positional": "none",
            "row": "without_positional_encoding",
            "label": "SpecTran w/o A",
        },
    },
    "dimensions": [64],
    "seeds": [0],
    "training": {"batch": 64, "epochs": 100, "patience": 6},
}

#: Remarks on single keys of this study, written above them in config/config.yaml.
NOTES: dict[str, str] = {
    "encoder.preset": "Keys that are commented out below show what this preset fills in.",
    "methods.spectran-without-attention": "The four ablations of the paper's Table 3; keys not shown are as under "
    "spectran.",
    "dimensions": "64 here, to be quick; the paper's is 128.",
    "training.batch": "64 here, for there are few users; the paper's is 256.",
    "training.epochs": "100 here, so that the study ends in minutes; the paper's is 200.",
    "training.patience": "6 here, for the same reason; the paper's is 10.",
}
