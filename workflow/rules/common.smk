"""Helpers of the rules. Everything with logic in it lives in the library, where it is tested."""

from snakemake.exceptions import WorkflowError

from spectran.config.cells import (
    Cell,
    cells_of_parts,
    expand,
    settings_of,
    source_of,
    text_folder,
    variant_cells,
)
from spectran.config.control_cells import control_settings, expand_controls
from spectran.config.load import StudyError, parse_study
from spectran.gpu import places
from spectran.reporting.catalogue.files import (
    CELL_FILES,
    CONTROL_FILES,
    MEMBERS,
    PART_FILES,
)
from spectran.supervision.ledger import count_failures, failures_log

try:
    STUDY = parse_study(
        config, origin=", ".join(map(str, workflow.configfiles)) or "study"
    )
except StudyError as error:
    raise WorkflowError(str(error)) from None

RESULTS = STUDY.results
CELLS = [*expand(STUDY), *variant_cells(STUDY)]

# Not `workflow.cores`: that refuses commands which run nothing and are given no --cores, such as --summary.
ALL_CORES = workflow.resource_settings.cores or STUDY.compute.threads

# A job that will use a GPU asks for a place on it, or for all; profiles say how many there are.
given_gpu = workflow.global_resources.get("gpu")
try:
    GPU = places(STUDY.compute, given_gpu and given_gpu.value)
except ValueError as error:
    raise WorkflowError(str(error)) from None


wildcard_constraints:
    place=r"cells|sensitivity/[a-z0-9][a-z0-9_-]*",
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


# The protocol's settings that users, items and titles depend on: neither another `history` nor another split may encode
# titles again.
PREPARATION = STUDY.protocol.model_dump(
    mode="json", exclude={"history", "split", "split_seed"}
)


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
    """The file of this name of every cell, those of variants included."""
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


def failures_of(log):
    """A function of the wildcards: how often the job with this log has failed, so that a failed job is run again."""

    def failed_before(wildcards):
        return count_failures(failures_log(Path(log.format(**wildcards))))

    return failed_before


def frequency_look():
    """How graph frequencies of a cell are looked at; null where no part does."""
    part = STUDY.parts.frellm4rec
    return part and part.model_dump(include={"users", "node", "standardise", "lowest"})


# A cell's place below results/, as a pattern and as a name for logs.
CELL_NAME = "{place}/{dataset}/{encoder}/{backbone}/{method}/d{dim}"
CELL = f"{RESULTS}/{CELL_NAME}"


def variant_of(wildcards):
    """The variant of the protocol, "" for the study's own."""
    return wildcards.place.partition("/")[2]


def cell_of(wildcards):
    return Cell(
        wildcards.dataset,
        wildcards.encoder,
        wildcards.backbone,
        wildcards.method,
        int(wildcards.dim),
        variant_of(wildcards),
    )


def cell_settings(wildcards):
    """What the cell's numbers depend on; another value elsewhere in the study does not train it again."""
    return settings_of(STUDY, cell_of(wildcards)).numbers()


def cell_label(wildcards):
    names = [wildcards.dataset, wildcards.backbone, wildcards.method]
    return " ".join([*names, f"d{wildcards.dim}", variant_of(wildcards)]).rstrip()


def cell_state(wildcards):
    return f"{RESULTS}/{cell_of(wildcards).path}/.state"


def split_folder(wildcards, study):
    """Where the parts of a dataset are, split as the study says, or as a variant's study does."""
    return f"{RESULTS}/data/{wildcards.dataset}/{study.protocol.split_name}"


def split_inputs(wildcards, study, folder, reads):
    """The train part, the validation part and these text features of a folder. Never the test split."""
    split = split_folder(wildcards, study)
    place = f"{wildcards.dataset}/{folder}"
    features = {
        "embeddings": f"{RESULTS}/text/{place}/embeddings.npy",
        "raw": f"{RESULTS}/spectra/{place}/decomposition-raw.safetensors",
        "centred": f"{RESULTS}/spectra/{place}/decomposition-centred.safetensors",
    }
    return {
        "train": f"{split}/train.parquet",
        "valid": f"{split}/valid.parquet",
        "catalogue": f"{RESULTS}/data/{wildcards.dataset}/items.parquet",
        **{name: features[name] for name in sorted(reads)},
    }


def training_inputs(wildcards):
    study = STUDY.under(variant_of(wildcards))
    folder = text_folder(study, wildcards.method)
    reads = study.methods[wildcards.method].reads()
    files = split_inputs(wildcards, study, folder, reads - {"collaborative"})
    source = source_of(study, cell_of(wildcards))
    return files | (
        {"collaborative": f"{RESULTS}/{source.path}/items.npy"} if source else {}
    )


def cell_test(wildcards):
    """The test part, for rules of evaluation.smk alone."""
    study = STUDY.under(variant_of(wildcards))
    return f"{split_folder(wildcards, study)}/test.parquet"


def control_test(wildcards):
    """The test part, for rules of evaluation.smk alone."""
    return f"{split_folder(wildcards, STUDY)}/test.parquet"


# An untrained control's place below results/: it has neither backbone nor dimension.
CONTROL_NAME = "{dataset}/{encoder}/{control}"
CONTROL = f"{RESULTS}/controls/{CONTROL_NAME}"


def control_inputs(wildcards):
    reads = STUDY.controls[wildcards.control].reads()
    return split_inputs(wildcards, STUDY, wildcards.encoder, reads)


def control_numbers(wildcards):
    """What the control's numbers depend on."""
    return control_settings(STUDY, wildcards.control).numbers()


def control_label(wildcards):
    return f"{wildcards.dataset} {wildcards.control}"
