"""The tidy frames that everything in the report is made from, and their files."""

from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from spectran.io import write_parquet

#: Columns that name a cell; they lead every frame that has one row or more a cell.
KEYS = ["dataset", "encoder", "backbone", "method", "dim"]


@dataclass(frozen=True)
class Frames:
    """All results of a study. Frames with rows of cells start with `KEYS`."""

    cells: pd.DataFrame
    """One row a cell: position (order of the study), path, synthetic, and labels and printed names of its dataset,
    backbone and method; a column of true or false for each part of the study (main, ablation ...)."""
    metrics: pd.DataFrame
    """seed, score, metric, value: mean over all users of one seed."""
    choice: pd.DataFrame
    """weight_decay, dropout, id_scale, learning_rate, trials, validation, best_epoch (text: one a seed), at_limit.

    at_limit counts the seeds whose training ended at the epoch limit while patience still held.
    """
    cost: pd.DataFrame
    """trainable_parameters, training_seconds, inference_seconds (or null), member_epochs, peak_memory_mb, device ..."""
    spectrum: pd.DataFrame
    """seed, table, moment, index, covariance, centred, raw: singular values."""
    collapse: pd.DataFrame
    """seed, table, moment, measure, value."""
    trials: pd.DataFrame
    """phase, member, seed, epoch, loss, validation metrics and hyper-parameters."""
    provenance: pd.DataFrame
    """commit, clean (both null outside a git checkout), device."""
    datasets: pd.DataFrame
    """dataset, users, items, interactions, density_percent, average_length, distinct_titles."""
    rounds: pd.DataFrame
    """dataset, round, step, users, items, interactions."""
    embeddings: pd.DataFrame
    """dataset, encoder, form, measure, value: diagnostics of the text embeddings."""
    controls: pd.DataFrame
    """dataset, encoder, control, control_label, metric, value: the test of the untrained controls, if there are any."""
    efficiency: pd.DataFrame
    """trainable_parameters, epoch_seconds, inference_seconds, peak_memory_mb, batch, device, threads: cells of that
    part only."""
    weights: pd.DataFrame
    """seed, moment, dimension, positional, mixing, principal, subordinate, components: cells of the case study only."""
    mixing: pd.DataFrame
    """seed, moment, dimension, component, weight: |phi(QK^T)| in blocks, likewise."""


def write_frames(frames: Frames, folder: Path) -> None:
    """Write each frame to `folder`/<name>.parquet."""
    for field in fields(frames):
        write_parquet(folder / f"{field.name}.parquet", getattr(frames, field.name))


def read_frames(folder: Path) -> Frames:
    """Read what `write_frames` wrote."""
    return Frames(**{field.name: pd.read_parquet(folder / f"{field.name}.parquet") for field in fields(Frames)})
