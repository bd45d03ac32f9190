"""Options of the methods (one class a method). Light on purpose: a study is validated without importing torch."""

from abc import abstractmethod
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, ValidationInfo, field_validator

from spectran.config.base import PositiveInt, Section, Slug
from spectran.config.graph import GraphFilter

Fusion = Literal["add", "concat", "text_only"]
#: What a method may read of the items, beside the train part: the text embeddings, the SVD of their unit rows, raw or
#: centred, and the item vectors of another, trained cell.
Feature = Literal["embeddings", "raw", "centred", "collaborative"]


class MethodOptions(Section):
    """What every method has: its names, and the scale of its ID table."""

    label: str
    """Name shown in tables and figures."""
    row: str
    """Name of this method in the printed tables (config/published)."""
    id_scale: NonNegativeFloat = 0.02
    """Standard deviation s of the ID table's N(0, s^2) start, unless tuned; unreported, and decisive."""
    graph_filter: GraphFilter | None = None
    """FreLLM4Rec's low-pass filter on the item graph, of the item table; null for none."""

    def fits(self, dim: int) -> str | None:
        """Why this item dimension cannot be, or None if it can."""
        return None

    def reads(self) -> frozenset[Feature]:
        """What the method reads, and its graph."""
        of_graph = self.graph_filter is not None and self.graph_filter.graph == "text-knn"
        return self.features() | (frozenset({"embeddings"}) if of_graph else frozenset())

    @abstractmethod
    def features(self) -> frozenset[Feature]:
        """What the method itself reads of the items; nothing for a method of IDs alone."""


class TextMethodOptions(MethodOptions):
    """What every method that reads text has."""

    vectors: Literal["titles", "shuffled", "random"] = "titles"
    """Whose text vectors it reads: the items' own, the same dealt out to other items, or random unit vectors."""


class FusedOptions(TextMethodOptions):
    """What every method has that makes a semantic table and fuses it with an ID table."""

    fusion: Fusion = "concat"
    """How text and ID meet; concat of two halves is what the paper's Table 5 supports."""

    def fits(self, dim: int) -> str | None:
        """Two halves need a column each."""
        return "at least 2 expected, for two halves" if self.fusion == "concat" and dim < 2 else None


class Base(MethodOptions):
    """The backbone alone: a trained ID table."""

    kind: Literal["base"] = "base"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "Base"
    row: str = "Base"
    id_scale: NonNegativeFloat = 1.0
    """Standard deviation s of the ID table's N(0, s^2) start, unless tuned; 1, for 0.02 stops far too early."""

    def features(self) -> frozenset[Feature]:
        """Nothing."""
        return frozenset()


class MoRec(FusedOptions):
    """MoRec (Yuan et al. 2023): a dense layer with GELU on the text embedding."""

    kind: Literal["morec"] = "morec"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "MoRec"
    row: str = "MoRec"
    activation: Literal["gelu", "none"] = "gelu"
    """What follows the layer; none makes it a linear adapter, a control."""
    row_length: PositiveFloat | None = None
    """Length that every text embedding is scaled to; null takes sqrt(l), so that entries are of size 1."""

    def features(self) -> frozenset[Feature]:
        """The embeddings."""
        return frozenset({"embeddings"})


class UniSRec(FusedOptions):
    """UniSRec (Hou et al. 2022): a gated mixture of linear experts on the text embedding."""

    kind: Literal["unisrec"] = "unisrec"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "UniSRec"
    row: str = "UniSRec"
    experts: PositiveInt = 8
    """Experts, as in the authors' runs."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2
    """Dropout rate of the text embedding, as in the authors' runs; the tuned rate is the backbone's."""
    noisy_gate: bool = True
    """Add learned noise to the gate in training, as the authors do."""
    row_length: PositiveFloat | None = None
    """Length that every text embedding is scaled to; null takes sqrt(l), so that entries are of size 1."""

    def features(self) -> frozenset[Feature]:
        """The embeddings."""
        return frozenset({"embeddings"})


class LLMESR(TextMethodOptions):
    """LLM-ESR (Liu et al. 2024): two views of an item, cross-attention between them, and similar users as teachers."""

    kind: Literal["llm-esr"] = "llm-esr"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "LLM-ESR"
    row: str = "LLM-ESR"
    distillation: NonNegativeFloat = 0.1
    """Weight of the distance to similar users' vectors (the authors' alpha); 0 leaves it out."""
    similar_users: PositiveInt = 10
    """Similar users of each user, as in the authors' runs."""
    teacher: Literal["step", "epoch"] = "step"
    """When similar users are encoded: anew in every step, as the authors do, or once an epoch, a tenth of the work."""
    item_alignment: NonNegativeFloat = 0.0
    """Weight of the contrast between an item's two views; off in the authors' runs (0.1 where they use it)."""
    fusion_layer: bool = False
    """A linear map of both views after the cross-attention; with it, the paper's printed parameter count is met."""
    scale_start: bool = True
    """Scale the ID table's start to `id_scale`, as every method's; off leaves principal scores as they are."""
    row_length: PositiveFloat | None = None
    """Length that every text embedding is scaled to; null takes sqrt(l), so that entries are of size 1."""

    def fits(self, dim: int) -> str | None:
        """Two views of two heads each."""
        return "a multiple of 4 expected, for two views of two attention heads each" if dim % 4 else None

    def features(self) -> frozenset[Feature]:
        """The embeddings, and the SVD of the centred ones for the start of the ID table."""
        return frozenset({"embeddings", "centred"})


class RLMRec(TextMethodOptions):
    """RLMRec (Ren et al. 2024): the ID table is pulled towards a map of the text embedding."""

    kind: Literal["rlmrec"] = "rlmrec"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "RLMRec"
    row: str = "RLMRec"
    mode: Literal["paper", "alphafuse"] = "paper"
    """Item vector: ID and mapped text of d / 2 each (what Table 5 supports), or ID alone (AlphaFuse's port)."""
    loss: Literal["contrastive", "generative"] = "contrastive"
    """In mode alphafuse: map the text to the ID's space, or the ID to the text's. Mode paper knows the first only."""
    alignment: NonNegativeFloat = 0.1
    """Weight of the loss, AlphaFuse's beta."""
    row_length: PositiveFloat | None = None
    """Length that every text embedding is scaled to; null takes sqrt(l), so that entries are of size 1."""

    @field_validator("loss")
    @classmethod
    def _generative_is_alphafuse(cls, loss: str, info: ValidationInfo) -> str:
        if loss == "generative" and info.data.get("mode") == "paper":
            raise ValueError("contrastive expected in mode paper, whose item vector is made of the mapped text")
        return loss

    def fits(self, dim: int) -> str | None:
        """ID and text are compared entry by entry."""
        return "an even number expected, for two equal halves" if self.mode == "paper" and dim % 2 else None

    def features(self) -> frozenset[Feature]:
        """The embeddings."""
        return frozenset({"embeddings"})


class WhitenRec(FusedOptions):
    """WhitenRec (Zhang et al. 2024): a small network on whitened text embeddings."""

    kind: Literal["whitenrec"] = "whitenrec"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "WhitenRec"
    row: str = "WhitenRec"
    whitening: Literal["zca", "pca"] = "zca"
    """Whitened columns turned back to the text's own axes, or left as principal components (AlphaFuse's port)."""
    epsilon: NonNegativeFloat = 1e-5
    """Added to every variance, as a share of the largest, so that noise is not blown up."""
    head: Literal["mlp", "linear_gelu"] = "mlp"
    """The network: layers of `hidden` with ReLU and LayerNorm, or one layer with GELU (AlphaFuse's port)."""
    hidden: tuple[PositiveInt, ...] = (512, 256, 128)
    """Widths of the hidden layers of head mlp; a guess, the only natural one near the printed parameter count."""

    def features(self) -> frozenset[Feature]:
        """The SVD of the centred embeddings."""
        return frozenset({"centred"})


class LLMInit(TextMethodOptions):
    """LLMInit (Zhang et al. 2025): an ID table that starts from columns of the text embedding."""

    kind: Literal["llminit"] = "llminit"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "LLMInit"
    row: str = "LLMInit"
    id_scale: NonNegativeFloat = 1.0
    """Standard deviation of the table's entries at the start, unless tuned; 1 as for Base and in AlphaFuse's port."""
    columns: Literal["variance", "uniform", "pca", "whitened_pca"] = "variance"
    """The d columns: of largest variance, evenly spaced, leading principal scores, or those whitened (AlphaFuse's)."""
    popular_fraction: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of items, the most popular, that variances are taken over; 0.2 in the authors' code, all in the paper."""
    centre: bool = False
    """Take off every column's mean; the authors do not. Principal scores are centred anyway."""
    scale_start: bool = True
    """Scale the start to `id_scale`, so that it means the same for every method; off leaves the columns as they are."""

    def features(self) -> frozenset[Feature]:
        """The embeddings, or the SVD of the centred ones."""
        return frozenset({"embeddings" if self.columns in {"variance", "uniform"} else "centred"})


class AlphaFuse(TextMethodOptions):
    """AlphaFuse (Hu et al. 2025): IDs learned in the weakest directions of the standardised text embedding."""

    kind: Literal["alphafuse"] = "alphafuse"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "AlphaFuse"
    row: str = "AlphaFuse"
    null_fraction: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Share of the d columns that also carry a trained ID (64 of 128 in the authors' runs)."""
    standardise: bool = True
    """Scale every kept column to unit variance, as the authors' code does."""

    def features(self) -> frozenset[Feature]:
        """The SVD of the centred embeddings."""
        return frozenset({"centred"})


class SpecTran(FusedOptions):
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

    def features(self) -> frozenset[Feature]:
        """One SVD of the embeddings."""
        return frozenset({"centred" if self.centre else "raw"})


class Source(Section):
    """Another cell of the same dataset and encoder, whose trained item vectors are read."""

    backbone: Slug = "sasrec"
    """Its backbone, by name."""
    method: Slug = "base"
    """Its method, by name."""
    dim: PositiveInt = 50
    """Its item dimension; 50 in the authors' runs."""


class FreLLM4Rec(TextMethodOptions):
    """FreLLM4Rec (arXiv 2508.10312): a gate between trained collaborative vectors and text, both low-passed."""

    kind: Literal["frellm4rec"] = "frellm4rec"
    """Which method this entry configures; the entry's own name when left out."""
    label: str = "FreLLM4Rec"
    row: str = "FreLLM4Rec"
    collaborative: Source = Source()
    """The cell, trained before, that gives the collaborative vectors: the item table of its first seed, frozen."""
    fusion: Literal["gate", "concat-mlp"] = "gate"
    """How the two meet: a sigmoid gate as in the authors' code, or an MLP of both side by side."""
    hidden: PositiveInt = 1000
    """Inner width of the text's MLP, and of the one of concat-mlp; 1000 in the authors' code."""
    graph_filter: GraphFilter | None = GraphFilter()
    """The low-pass filter on the item graph, of the projected collaborative and text vectors, before their LayerNorms;
    null leaves it out (w/o G-LPF)."""
    row_length: PositiveFloat | None = None
    """Length that every text embedding is scaled to; null takes sqrt(l), so that entries are of size 1."""

    def features(self) -> frozenset[Feature]:
        """The embeddings, and the item vectors of the other cell."""
        return frozenset({"embeddings", "collaborative"})


#: Every method's options, told apart by `kind`. A new method adds its class here.
Method = Annotated[
    Base | MoRec | UniSRec | LLMESR | RLMRec | WhitenRec | LLMInit | AlphaFuse | SpecTran | FreLLM4Rec,
    Field(discriminator="kind"),
]
