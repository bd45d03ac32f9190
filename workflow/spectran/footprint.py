"""Main memory that a job of a cell will take at most, from its settings and its inputs, without importing torch.

What a scheduler is asked for, in MiB, rounded up. K members are trained together, with B users in a step and the last T
items of each; there are N items, U users, and d columns. The sum of:

    PROGRAMS      Python, torch and this library, twice: a job's work runs in a process of its own
    CUDA          where a GPU is used, whose libraries fill main memory too
    LIBRARIES     transformers and peft, and twice a language model's weights, where the backbone is one
    files         6 x matrices in float32 (as read, in float64, as unit rows, in torch's type), 3 x SVDs in float64
    tables        ROW bytes an interaction, USER + 24 T bytes a user: splits as tables and as padded arrays
    GAPS x held   what torch holds at its peak, and what its allocator leaves between

In numbers of 4 bytes, training holds

    8 K P                               parameters P: values, gradients, two moments, the best, copies for files
    6 K N (d + h)                       item vectors, and what a method makes of them, with gradients
    K B T (blocks (10 + T) d + C)       hidden states, of which attention gathers T, and scores of candidates
    2 x min(SCORES, ENCODED N)          validation

where P = N d + 12 d^2 blocks + (l + d) max(d, h), l is the width of the text, h how wide a method's own layers are, and
C is 8 (1 + negatives), or 3 N for the full softmax. Ranking holds 2 K P, 3 K N (d + h), the states of ENCODED users in
one block, and the last line twice. On a GPU only copies of parameters stay in main memory.

Packs are cut where memory is short, so a cell that is given less may pass in more of them. Peaks as Snakemake measures
(resident sets of both processes) were between 0.3 and 0.9 of this, for 216 jobs of the embedded study and of
FreLLM4Rec's part on Office with MiniLM. No GPU's job and no model of billions has been measured.
"""

import math

from spectran.config.backbones import LanguageModel, TrainedBackbone
from spectran.config.cells import CellSettings
from spectran.config.control_cells import ControlSettings
from spectran.config.methods import LLMESR, FreLLM4Rec, UniSRec, WhitenRec
from spectran.config.training import Compute
from spectran.gpu import wants_gpu
from spectran.input_sizes import Sizes

MIB = 2**20
#: MiB; see above.
PROGRAMS, CUDA, LIBRARIES = 720, 3000, 300
#: Bytes of an interaction and of a user.
ROW, USER = 300, 400
GAPS = 2.5
#: Numbers that ranking holds at a time, and users that it encodes at a time; see `evaluation.ranking`.
SCORES, ENCODED = 2**23, 512
#: Members that `pack: auto` trains together on a CPU; see `training.schedule`.
CPU_PACK = 4
#: Words of a language model at most, and width of a block's inner layers as a multiple of its own, squared.
WORDS, BLOCK = 128_000, 12
#: Each retry may take so much more than the one before.
GROWTH = 1.5


def training_mib(settings: CellSettings, compute: Compute, sizes: Sizes) -> int:
    """Of a job that trains a cell."""
    gpu = wants_gpu(compute)
    members = max(_grid(settings), len(settings.seeds))
    at_once = (members if gpu else CPU_PACK) if compute.pack == "auto" else compute.pack
    return _in_all(settings, compute, sizes, _training(settings, sizes, min(at_once, members)))


def measuring_mib(settings: CellSettings, compute: Compute, sizes: Sizes) -> int:
    """Of a job that trains one member alone."""
    return _in_all(settings, compute, sizes, _training(settings, sizes, 1))


def ranking_mib(settings: CellSettings, compute: Compute, sizes: Sizes) -> int:
    """Of a job that reads a trained cell, and ranks with it."""
    return _in_all(settings, compute, sizes, _ranking(settings, sizes))


def frequencies_mib(settings: CellSettings, compute: Compute, sizes: Sizes) -> int:
    """Of a job that looks at the graph frequencies of a trained cell: all of a few users' states, and the items' means.

    Beside the states there are 100 eigenvectors of the item graph, and what finds them.
    """
    layers = 1 + _blocks(settings)
    states = len(settings.seeds) * layers * settings.dim * (6 * 64 * settings.history + 2 * sizes.items)
    eigenvectors = 2 * 5 * 100 * sizes.items
    return _in_all(settings, compute, sizes, _ranking(settings, sizes) + states + eigenvectors)


def control_mib(settings: ControlSettings, sizes: Sizes) -> int:
    """Of a job of an untrained control: scores of 1,024 users, and EASE's N x N weights or counts of pairs of items.

    Pairs are counted for every two items that a user has, each user with as many as is usual four times over.
    """
    n = sizes.items
    usual = 4 * sizes.interactions / max(1, sizes.users)
    pairs = 0 if settings.control.kind in {"popularity", "text-knn"} else min(n * n, int(sizes.interactions * usual))
    square = n * n if settings.control.kind == "ease" else 0
    arrays = 8 * (1.1 * square + 6 * pairs + 4 * 1024 * n)
    return math.ceil(PROGRAMS + (_read(sizes, settings.history) + arrays) / MIB)


def grown(mib: int, attempt: int) -> int:
    """What an attempt is given: more each time, for what ran out of memory before.

    Args:
        mib: what is predicted.
        attempt: 1 for the first.
    """
    return math.ceil(mib * GROWTH ** (attempt - 1))


def _in_all(settings: CellSettings, compute: Compute, sizes: Sizes, held: int) -> int:
    gpu, backbone = wants_gpu(compute), settings.backbone
    total = float(PROGRAMS + CUDA * gpu)
    if isinstance(backbone, LanguageModel):
        width = backbone.width
        weights = BLOCK * width**2 * _blocks(settings) + WORDS * width
        total += LIBRARIES + 2 * weights * (4 if backbone.dtype == "float32" else 2) / MIB
    torch = 4 * 4 * len(settings.seeds) * _parameters(settings, sizes) if gpu else GAPS * 4 * held
    return math.ceil(total + (_read(sizes, settings.history) + torch) / MIB)


def _read(sizes: Sizes, history: int) -> int:
    """Bytes of files and tables."""
    tables = ROW * sizes.interactions + (USER + 24 * history) * sizes.users
    return 6 * sizes.single + 3 * sizes.double + tables


def _training(settings: CellSettings, sizes: Sizes, members: int) -> int:
    """Numbers that torch holds at its peak."""
    rows = settings.training.batch * settings.history
    # LLM-ESR encodes its batch once more, with gradients, to compare it with similar users.
    passes = 2 if isinstance(settings.method, LLMESR) else 1
    negatives = settings.training.negatives
    candidates = 3 * sizes.items if negatives == "all" else 8 * (1 + negatives)
    items = 6 * sizes.items * (settings.dim + _inner(settings, sizes))
    states = rows * (passes * _blocks(settings) * _states(settings) + candidates)
    return members * (8 * _parameters(settings, sizes) + items + states) + _scores(sizes)


def _ranking(settings: CellSettings, sizes: Sizes) -> int:
    """Numbers that torch holds while it ranks."""
    rows = min(ENCODED, sizes.users) * settings.history
    items = 3 * sizes.items * (settings.dim + _inner(settings, sizes))
    members = len(settings.seeds)
    return members * (2 * _parameters(settings, sizes) + items + rows * _states(settings)) + 2 * _scores(sizes)


def _scores(sizes: Sizes) -> int:
    """Scores that ranking holds at a time, with what is made of them."""
    return 2 * min(SCORES, ENCODED * sizes.items)


def _states(settings: CellSettings) -> int:
    """Numbers of a position in a block; attention gathers what each one reads."""
    return (10 + settings.history) * settings.dim


def _parameters(settings: CellSettings, sizes: Sizes) -> int:
    """Trained numbers of a member; of a language model only what is unfrozen."""
    dim, backbone = settings.dim, settings.backbone
    blocks = 0
    if isinstance(backbone, TrainedBackbone):
        blocks = backbone.blocks
    elif isinstance(backbone, LanguageModel) and (unfrozen := backbone.unfrozen):
        # LoRA trains two factors of rank x width for each of a block's maps, 12 widths of them.
        rank = 2 * unfrozen.lora_rank / dim
        blocks = unfrozen.last_blocks or math.ceil(rank * _blocks(settings))
    text = (sizes.width + dim) * max(dim, _inner(settings, sizes)) if sizes.width else 0
    return sizes.items * dim + BLOCK * dim**2 * blocks + text


def _inner(settings: CellSettings, sizes: Sizes) -> int:
    """How wide a method's own layers are, in all."""
    method = settings.method
    match method:
        case UniSRec():
            return method.experts * settings.dim + sizes.width
        case WhitenRec():
            return sum(method.hidden)
        case FreLLM4Rec():
            return method.hidden * (1 if method.fusion == "gate" else 2)
        case LLMESR():
            return sizes.width // 2
    return 0


def _blocks(settings: CellSettings) -> int:
    """Blocks of the backbone; of a language model a guess from its width: 7 for 384 (6 are right), 36 for 4096 (32)."""
    backbone = settings.backbone
    return backbone.blocks if isinstance(backbone, TrainedBackbone) else 4 + backbone.width // 128


def _grid(settings: CellSettings) -> int:
    """Points of the search."""
    tuning = settings.tuning
    axes = [tuning.weight_decay, tuning.dropout, tuning.id_scale or (0,)]
    if settings.backbone.masks():
        axes.append(tuning.mask_ratio or (0,))
    return math.prod(map(len, axes))
