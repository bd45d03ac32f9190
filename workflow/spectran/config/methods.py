"""Options of the methods (one class a method). Light on purpose: a study is validated without importing torch."""

from abc import abstractmethod
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat

from spectran.config.base import PositiveInt, Section

Fusion = Literal["add", "concat", "text_only"]
#: What a method may read of the titles: the embeddings, or the SVD of their unit rows, raw or centred.
Feature = Literal["embeddings", "raw", "centred"]


class MethodOptions(Section):
    """What every method has: its names, and the scale of its ID table."""

    label: str
    """Name shown in tables and figures."""
    row: str
    """Name of this method in the printed tables (config/published)."""
    id_scale: NonNegativeFloat = 0.02
    """Standard deviation s of the ID table's N(0, s^2) start, unless tuned; unreported, and decisive."""

    @abstractmethod
    def reads(self) -> frozenset[Feature]:
        """Text features that the method reads; none for a method of IDs alone."""


class Base(MethodOptions):
    """The backbone alone: a trained ID table."""

    kind: Literal["base"] = "base"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "Base"
    row: str = "Base"
    id_scale: NonNegativeFloat = 1.0
    """Standard deviation s of the ID table's N(0, s^2) start, unless tuned; 1, for 0.02 stops far too early."""

    def reads(self) -> frozenset[Feature]:
        """Nothing."""
        return frozenset()


class MoRec(MethodOptions):
    """MoRec (Yuan et al. 2023): a dense layer with GELU on the text embedding."""

    kind: Literal["morec"] = "morec"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "MoRec"
    row: str = "MoRec"
    fusion: Fusion = "concat"
    """How text and ID meet; concat of two halves is what the paper's Table 5 supports."""
    row_length: PositiveFloat | None = None
    """Length that every text embedding is scaled to; null takes sqrt(l), so that entries are of size 1."""

    def reads(self) -> frozenset[Feature]:
        """The embeddings."""
        return frozenset({"embeddings"})


class AlphaFuse(MethodOptions):
    """AlphaFuse (Hu et al. 2025): IDs learned in the weakest directions of the standardised text embedding."""

    kind: Literal["alphafuse"] = "alphafuse"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "AlphaFuse"
    row: str = "AlphaFuse"
    null_fraction: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Share of the d columns that also carry a trained ID (64 of 128 in the authors' runs)."""
    standardise: bool = True
    """Scale every kept column to unit variance, as the authors' code does."""

    def reads(self) -> frozenset[Feature]:
        """The SVD of the centred embeddings."""
        return frozenset({"centred"})


class SpecTran(MethodOptions):
    """SpecTran: learned mixing of all spectral components plus Taylor weights on the leading ones."""

    kind: Literal["spectran"] = "spectran"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "SpecTran"
    row: str = "SpecTran"
    attention: bool = True
    """Use phi(QK^T), the learned mixing (eq. 7-8); off gives the ablation 'without attention'."""
    positional: Literal["taylor", "singular_values", "identity", "none"] = "taylor"
    """Diagonal weights A (eq. 9-10): Taylor expansion, frozen singular values, frozen ones, or none at all."""
    order: PositiveInt = 3
    """Order n of the Taylor expansion; the paper gives none."""
    per_dimension: bool = False
    """Taylor coefficients of their own for each output dimension; shared in eq. 10."""
    key_dim: PositiveInt | None = None
    """Columns of Q and K; null takes d. 120 meets the paper's printed parameter count at rank 4096."""
    scale_scores: bool = False
    """Divide QK^T by sqrt(key_dim); eq. 7 prints no scale and Table 6's sizes speak against one."""
    query_key_scale: PositiveFloat = 0.1
    """Standard deviation of the start of Q and K."""
    threshold: Literal["shared", "per_dimension", "zero"] = "shared"
    """Softshrink's lambda, learned from 0: one, one for each output dimension, or none (phi is the identity)."""
    decay_scalars: bool = True
    """Let weight decay act on lambda and the Taylor coefficients too, as Adam does unless told otherwise."""
    row_length: PositiveFloat = 1.0
    """Length of every text embedding before the SVD; it scales the singular values. 1 is of the size of Table 6."""
    centre: bool = False
    """Centre the embeddings before the SVD; eq. 3 does not."""
    fusion: Fusion = "add"
    """How E_s and the ID table meet; addition is the only form near the printed parameter count."""

    def reads(self) -> frozenset[Feature]:
        """One SVD of the embeddings."""
        return frozenset({"centred" if self.centre else "raw"})


#: Every method's options, told apart by `kind`. A new method adds its class here.
Method = Annotated[Base | MoRec | AlphaFuse | SpecTran, Field(discriminator="kind")]
