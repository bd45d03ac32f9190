"""The tidy frames that everything in the report is made from, and their files."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from spectran.io import write_parquet

#: Columns that name a cell; they lead every frame that has one row or more a cell.
KEYS = ["dataset", "encoder", "backbone", "method", "dim"]
KEY_TYPES: dict[str, type] = dict.fromkeys(KEYS, str) | {"dim": int}


@dataclass(frozen=True)
class Frames:
    """All results of a study. Frames with rows of cells start with `KEYS`."""

    cells: pd.DataFrame
    """One row a cell: position (order of the study), path, synthetic, and labels and printed names of its dataset,
    backbone and method; a column of true or false for each part of the study (main, ablation ...)."""
    metrics: pd.DataFrame
    """seed, score, metric, value: mean over all users of one seed."""
    choice: pd.DataFrame
    """Hyper-parameters, trials, diverged_trials, validation, best_epoch (text: one a seed), at_limit.

    at_limit counts the seeds whose training ended at the epoch limit while patience still held.
    """
    cost: pd.DataFrame
    """trainable_parameters, training_seconds, inference_seconds (or null), member_epochs, peak_memory_mb, device ..."""
    spectrum: pd.DataFrame
    """seed, table, moment, index, covariance, centred, raw: singular values."""
    collapse: pd.DataFrame
    """seed, table, moment, measure, value."""
    trials: pd.DataFrame
    """phase, member, seed, hyper-parameters, epoch, loss, ndcg@20, diverged (true in a member's last row if it did)."""
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
    comparisons: pd.DataFrame
    """part, reference, metric, difference ...: SpecTran against each method, with its tests; see
    `evaluation.statistics.frames`. The keys are those of the other method's cell."""
    variance: pd.DataFrame
    """metric, value, users, seeds, se_users, sd_seeds, se_total, low, high: users and seeds as sources of chance."""
    aggregates: pd.DataFrame
    """part, method, metric, statistic, value, low, high, cells: over datasets and backbones. No rows of cells."""
    groups: pd.DataFrame
    """metric, group, users, value, low, high, difference, difference_low, difference_high."""
    audit: pd.DataFrame
    """dataset, check, measure, value, unit, note: of the data."""
    popularity: pd.DataFrame
    """dataset, place, popularity, targets, decile: one row an item, from the most popular."""
    sensitivity: pd.DataFrame
    """variant ("" for the study's own protocol), variant_label, seed, score, metric, value: cells of that part only."""
    failures: pd.DataFrame
    """variant, rule, kind, reason: one row a job that failed; a control stands as a method, backbone "" and d 0."""
    frequencies: pd.DataFrame
    """seed, layer, scope, band, energy, users: shares of graph frequencies in hidden states; cells of FreLLM4Rec's part
    only, as the four that follow."""
    filters: pd.DataFrame
    """seed, parameter (alpha or cutoff), block, value: what the low-pass filters are in force with."""
    sampled: pd.DataFrame
    """seed, metric, value: among sampled negatives, by the study's score."""
    locality: pd.DataFrame
    """group, users, lowest, highest, metric, value, low, high, difference, difference_low, difference_high: users by
    the locality of their sequences; differences are FreLLM4Rec's from this cell."""
    graphs: pd.DataFrame
    """dataset, fact, value: of the item graphs. No rows of cells."""


def empty_frame(types: Mapping[str, type]) -> pd.DataFrame:
    """These columns, typed, and no rows."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def write_frames(frames: Frames, folder: Path) -> None:
    """Write each frame to `folder`/<name>.parquet."""
    for field in fields(frames):
        write_parquet(folder / f"{field.name}.parquet", getattr(frames, field.name))


def read_frames(folder: Path) -> Frames:
    """Read what `write_frames` wrote."""
    return Frames(**{field.name: pd.read_parquet(folder / f"{field.name}.parquet") for field in fields(Frames)})
