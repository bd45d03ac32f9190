"""The embedded study: the default, small enough to end in minutes and complete enough to show every stage."""

from typing import Any

#: Rows of the paper's Table 2, in its order.
TABLE2 = ["base", "morec", "unisrec", "llm-esr", "rlmrec", "whitenrec", "llminit", "alphafuse", "spectran"]
#: Further rows of its Table 3, and control rows of our own.
ABLATIONS = [f"spectran-{name}" for name in ("without-attention", "singular-values", "identity", "without-positional")]
CONTROLS = ["linear", "pca-start", "alphafuse-random", "spectran-random", "spectran-shuffled"]
#: Other readings of the protocol, each a variant of the sensitivity part.
VARIANTS: dict[str, Any] = {
    "id-scale-1": {"label": "ID table from N(0, 1)", "changes": {"tuning": {"id_scale": [1.0]}}},
    "id-scale-0-02": {"label": "ID table from N(0, 0.02²)", "changes": {"tuning": {"id_scale": [0.02]}}},
    "last-target": {"label": "learn from the last position only", "changes": {"training": {"targets": "last"}}},
    "users-split": {"label": "users split 8:1:1", "changes": {"protocol": {"split": "users"}}},
    "alphafuse-block": {
        "label": "AlphaFuse's one block",
        "changes": {"backbones": {"sasrec": {"form": "alphafuse", "blocks": 1}}},
    },
    "short-patience": {"label": "patience 2", "changes": {"training": {"patience": 2}}},
    "full-softmax": {"label": "softmax over all items", "changes": {"training": {"negatives": "all"}}},
}

#: The backbones that are trained from nothing, and Table 2's; a language model has a width of its own.
BACKBONES = ["bert4rec", "sasrec", "hstu"]
#: MiniLM as a backbone, in the forms that FreLLM4Rec's study compares.
LLM: dict[str, Any] = {
    "kind": "language-model",
    "preset": "minilm",
    "training": {"batch": 32, "learning_rate": 1e-3, "epochs": 3, "patience": 3, "seeds": 1, "search": False},
}
LANGUAGE_MODELS: dict[str, Any] = {
    "llm": LLM | {"label": "LLM"},
    "llm-tfm": LLM | {"label": "LLM + TFM", "temporal_filter": {}},
    "llm-random": LLM | {"label": "random LLM", "start": "random"},
    "llm-cutoff-0-5": LLM | {"label": "LLM + TFM, ω_c 0.5", "temporal_filter": {"cutoff": 0.5}},
    "llm-cutoff-learned": LLM
    | {"label": "LLM + TFM, ω_c learned", "temporal_filter": {"cutoff": 0.5, "learned": True}},
    "llm-lora": LLM | {"label": "LLM, LoRA, + TFM", "temporal_filter": {}, "unfrozen": {"lora_rank": 8}},
    "sasrec-tfm": {"kind": "sasrec", "label": "SASRec + TFM", "row": "sasrec_tfm", "temporal_filter": {}},
}
FREQUENCY_METHODS: dict[str, Any] = {
    "frellm4rec": {},
    "fusion": {"kind": "frellm4rec", "label": "Fusion w/o G-LPF", "graph_filter": None},
    **{
        f"frellm4rec-{name}": {"kind": "frellm4rec", "label": f"FreLLM4Rec, {label}", "graph_filter": options}
        for name, label, options in (
            ("alpha-learned", "α learned", {"learned": True}),
            ("text-knn", "graph of titles", {"graph": "text-knn"}),
        )
    },
    "spectran-glpf": {"kind": "spectran", "label": "SpecTran + G-LPF", "row": "spectran_glpf", "graph_filter": {}},
}
#: Cells of FreLLM4Rec's study, by what they answer.
BLOCKS: dict[str, Any] = {
    name: {"label": label, "backbones": backbones, "methods": methods, "dimensions": [dim]}
    for name, label, backbones, methods, dim in (
        ("references", "Without a language model", ["sasrec"], ["base", "spectran"], 64),
        ("ablation", "G-LPF and TFM", ["llm", "llm-tfm"], ["fusion", "frellm4rec"], 384),
        ("random", "A random twin", ["llm-random"], ["fusion"], 384),
        ("cutoff", "Cut-off ω_c", ["llm-tfm", "llm-cutoff-0-5"], ["frellm4rec"], 384),
        ("learned", "Learned α and ω_c", ["llm-cutoff-learned"], ["frellm4rec-alpha-learned"], 384),
        ("graphs", "Another graph", ["llm-tfm"], ["frellm4rec-text-knn"], 384),
        ("unfreezing", "Not frozen", ["llm-lora"], ["frellm4rec"], 384),
        ("glpf", "G-LPF elsewhere", ["sasrec"], ["spectran-glpf"], 64),
        ("tfm", "TFM elsewhere", ["sasrec-tfm"], ["base"], 64),
    )
}

#: What the default study asks for; every key left out keeps its default. config/config.yaml is written from it.
EMBEDDED: dict[str, Any] = {
    "name": "embedded",
    "description": "A seeded synthetic catalogue, encoded by MiniLM: every backbone, method and part. It shows the "
    "whole path in minutes; its numbers say nothing about the paper.",
    "results": "results",
    "datasets": {"synthetic": {"label": "Synthetic", "source": "synthetic", "synthetic": {"users": 450, "items": 240}}},
    "encoder": {"preset": "minilm"},
    "backbones": {**{name: {} for name in BACKBONES}, **LANGUAGE_MODELS},
    "methods": {
        **{name: {} for name in TABLE2},
        "llm-esr": {"teacher": "epoch"},
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
        "linear": {"kind": "morec", "activation": "none", "row": "linear_adapter", "label": "Linear adapter"},
        "pca-start": {"kind": "llminit", "columns": "pca", "row": "pca_start", "label": "IDs started at PCA"},
        "alphafuse-random": {
            "kind": "alphafuse",
            "vectors": "random",
            "row": "alphafuse_random",
            "label": "AlphaFuse, random vectors",
        },
        "spectran-random": {
            "kind": "spectran",
            "vectors": "random",
            "row": "spectran_random",
            "label": "SpecTran, random vectors",
        },
        "spectran-shuffled": {
            "kind": "spectran",
            "vectors": "shuffled",
            "row": "spectran_shuffled",
            "label": "SpecTran, shuffled vectors",
        },
        **FREQUENCY_METHODS,
    },
    "dimensions": [64],
    "parts": {
        "main": {"backbones": BACKBONES, "methods": TABLE2},
        "ablation": {"backbones": BACKBONES, "methods": ["base", "spectran", *ABLATIONS]},
        "dimension": {
            "backbones": ["sasrec"],
            "methods": ["base", "rlmrec", "alphafuse", "spectran"],
            "dimensions": [16, 64, 128],
        },
        "efficiency": {
            "backbones": ["sasrec"],
            "methods": ["base", "unisrec", "llm-esr", "rlmrec", "whitenrec", "spectran"],
        },
        "case_study": {"backbones": ["sasrec"], "methods": ["spectran"]},
        "controls": {"backbones": ["sasrec"], "methods": ["base", "alphafuse", "spectran", *CONTROLS]},
        "sensitivity": {
            "backbones": ["sasrec"],
            "methods": ["base", "alphafuse", "spectran"],
            "dimensions": [64],
            "variants": VARIANTS,
        },
        "frellm4rec": {"blocks": BLOCKS, "users": 200},
    },
    "controls": {"popularity": {}, "markov": {}, "item-knn": {}, "ease": {}, "text-knn": {}},
    "seeds": [0, 1, 2],
    "training": {"batch": 128, "learning_rate": 3e-3, "epochs": 12, "patience": 4},
    "tuning": {"dropout": [0.1, 0.3], "id_scale": [1.0, 0.02]},
    "statistics": {"resamples": 2000},
}

#: Remarks on single keys of this study, written above them in config/config.yaml.
NOTES: dict[str, str] = {
    "encoder.preset": "Keys that are commented out below show what this preset fills in.",
    "methods.spectran-without-attention": "The four ablations of the paper's Table 3; keys not shown are as under "
    "spectran.",
    "backbones.llm": "MiniLM as a recommender, for the part frellm4rec. One seed, few epochs and no search here, to be "
    "quick.",
    "methods.llm-esr": "Teachers once an epoch here, to be quick; the authors encode them in every step.",
    "seeds": "Three here, to be quick; five in the published study.",
    "tuning": "A corner of the published grid, to be quick: that has four weight decays and six dropout rates.",
    "statistics.resamples": "2000 here, to be quick; 10000 is the default.",
    "parts.frellm4rec.users": "200 here, to be quick; 1000 is the default.",
    "parts.dimension.dimensions": "The paper's d 32 and 256 are left out, to be quick.",
    "dimensions": "64 here, to be quick; the paper's is 128.",
    "training.batch": "128 here, for there are few users; the paper's is 256.",
    "training.learning_rate": "0.003 here, so that 12 epochs are nearly enough; the paper's is 0.001.",
    "training.epochs": "12 here, so that the study ends in minutes; the paper's is 200.",
    "training.patience": "4 here, for the same reason; the paper's is 10.",
}
