"""Columns of the frames that every cell has rows of, for a study of which no cell is left."""

from spectran.config.training import POINT

METRICS = {"seed": int, "score": str, "metric": str, "value": float}
CHOICE: dict[str, type] = {
    **dict.fromkeys(POINT, float),
    **dict.fromkeys(["trials", "diverged_trials"], int),
    "validation": float,
    "best_epoch": str,
    "at_limit": int,
}
COST = {
    "trainable_parameters": int,
    "training_seconds": float,
    "inference_seconds": float,
    "member_epochs": int,
    "peak_memory_mb": float,
    "device": str,
    "threads": int,
    "pack": str,
}
SPECTRUM: dict[str, type] = {
    "seed": int,
    **dict.fromkeys(["table", "moment"], str),
    "index": int,
    **dict.fromkeys(["covariance", "centred", "raw"], float),
}
COLLAPSE = {"seed": int, "table": str, "moment": str, "measure": str, "value": float}
TRIALS: dict[str, type] = {
    "phase": str,
    **dict.fromkeys(["member", "seed"], int),
    **dict.fromkeys(POINT, float),
    "epoch": int,
    **dict.fromkeys(["loss", "ndcg@20"], float),
    "diverged": bool,
}
ORIGIN = {"commit": str, "clean": bool, "device": str}
