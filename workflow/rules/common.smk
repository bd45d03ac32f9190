"""Helpers of the rules. Everything with logic in it lives in the library, where it is tested."""

from snakemake.exceptions import WorkflowError

from spectran.config.cells import Cell, expand, settings_of
from spectran.config.load import StudyError, parse_study
from spectran.gpu import wants_gpu
from spectran.reporting.catalogue import CELL_FILES, MEMBERS

try:
    STUDY = parse_study(
        config, origin=", ".join(map(str, workflow.configfiles)) or "study"
    )
except StudyError as error:
    raise WorkflowError(str(error)) from None

RESULTS = STUDY.results
CELLS = expand(STUDY)

# A job that will use a GPU asks for one; profiles say how many there are.
GPUS = int(wants_gpu(STUDY.compute))


wildcard_constraints:
    dataset=r"[a-z0-9][a-z0-9_-]*",
    encoder=r"[a-z0-9][a-z0-9_-]*",
    backbone=r"[a-z0-9][a-z0-9_-]*",
    method=r"[a-z0-9][a-z0-9_-]*",
    dim=r"\d+",


def only(names):
    """A wildcard pattern that matches these names and nothing else (nothing at all if there are none)."""
    return "|".join(names) or "(?!)"


def datasets_from(source):
    return [
        name for name, dataset in STUDY.datasets.items() if dataset.source == source
    ]


# The protocol's settings that the splits depend on: another `history` must not encode titles again.
PREPARATION = STUDY.protocol.model_dump(mode="json", exclude={"history"})


def source_settings(wildcards):
    """The active source's section alone: a new label must not download again."""
    dataset = STUDY.datasets[wildcards.dataset]
    return getattr(dataset, dataset.source).model_dump(mode="json")


def own_tables(wildcards):
    files = STUDY.datasets[wildcards.dataset].files
    return {"interactions": files.interactions, "catalogue": files.items}


def expected_statistics(wildcards):
    expected = STUDY.datasets[wildcards.dataset].expected
    return expected and expected.model_dump(mode="json")


def cell_files(name):
    """The file of this name of every cell."""
    return [f"{RESULTS}/{cell.path}/{name}" for cell in CELLS]


def figure_caption(wildcards):
    return FIGURES[wildcards.figure].caption


# A cell's place below results/, as a pattern and as a name for logs.
CELL_NAME = "{dataset}/{encoder}/{backbone}/{method}/d{dim}"
CELL = f"{RESULTS}/cells/{CELL_NAME}"


def cell_of(wildcards):
    return Cell(
        wildcards.dataset,
        wildcards.encoder,
        wildcards.backbone,
        wildcards.method,
        int(wildcards.dim),
    )


def cell_settings(wildcards):
    """What the cell's numbers depend on; another value elsewhere in the study does not train it again."""
    return settings_of(STUDY, cell_of(wildcards)).numbers()


def cell_label(wildcards):
    return (
        f"{wildcards.dataset} {wildcards.backbone} {wildcards.method} d{wildcards.dim}"
    )


def cell_state(wildcards):
    return f"{RESULTS}/{cell_of(wildcards).path}/.state"


def training_inputs(wildcards):
    """The train part, validation targets and the text features that the method reads. Never the test split."""
    data = f"{RESULTS}/data/{wildcards.dataset}"
    place = f"{wildcards.dataset}/{wildcards.encoder}"
    features = {
        "embeddings": f"{RESULTS}/text/{place}/embeddings.npy",
        "raw": f"{RESULTS}/spectra/{place}/decomposition-raw.safetensors",
        "centred": f"{RESULTS}/spectra/{place}/decomposition-centred.safetensors",
    }
    return {
        "train": f"{data}/train.parquet",
        "valid": f"{data}/valid.parquet",
        "catalogue": f"{data}/items.parquet",
        **{
            name: features[name]
            for name in sorted(STUDY.methods[wildcards.method].reads())
        },
    }
