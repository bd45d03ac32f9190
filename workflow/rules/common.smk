"""Helpers of the rules. Everything with logic in it lives in the library, where it is tested."""

from snakemake.exceptions import WorkflowError

from spectran.config.cells import Cell, cells_of_parts, expand, settings_of, text_folder
from spectran.config.control_cells import control_settings, expand_controls
from spectran.config.load import StudyError, parse_study
from spectran.gpu import wants_gpu
from spectran.reporting.catalogue import CELL_FILES, CONTROL_FILES, MEMBERS, PART_FILES

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


def part_files():
    """The files that only the cells of some parts have."""
    parts = cells_of_parts(STUDY)
    return [
        f"{RESULTS}/{cell.path}/{name}"
        for part, names in PART_FILES.items()
        for cell in parts.get(part, [])
        for name in names
    ]


def control_files(name):
    """The file of this name of every untrained control on every dataset."""
    return [f"{RESULTS}/{cell.path}/{name}" for cell in expand_controls(STUDY)]


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


def split_inputs(wildcards, folder, reads):
    """The train part, validation targets and these text features of a folder. Never the test split."""
    data = f"{RESULTS}/data/{wildcards.dataset}"
    place = f"{wildcards.dataset}/{folder}"
    features = {
        "embeddings": f"{RESULTS}/text/{place}/embeddings.npy",
        "raw": f"{RESULTS}/spectra/{place}/decomposition-raw.safetensors",
        "centred": f"{RESULTS}/spectra/{place}/decomposition-centred.safetensors",
    }
    return {
        "train": f"{data}/train.parquet",
        "valid": f"{data}/valid.parquet",
        "catalogue": f"{data}/items.parquet",
        **{name: features[name] for name in sorted(reads)},
    }


def training_inputs(wildcards):
    folder = text_folder(STUDY, wildcards.method)
    return split_inputs(wildcards, folder, STUDY.methods[wildcards.method].reads())


# An untrained control's place below results/: it has neither backbone nor dimension.
CONTROL_NAME = "{dataset}/{encoder}/{control}"
CONTROL = f"{RESULTS}/controls/{CONTROL_NAME}"


def control_inputs(wildcards):
    return split_inputs(
        wildcards, wildcards.encoder, STUDY.controls[wildcards.control].reads()
    )


def control_numbers(wildcards):
    """What the control's numbers depend on."""
    return control_settings(STUDY, wildcards.control).numbers()


def control_label(wildcards):
    return f"{wildcards.dataset} {wildcards.control}"
