"""Helpers of the rules. Everything with logic in it lives in the library, where it is tested."""

from functools import cache

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
from spectran.footprint import (
    control_mib,
    frequencies_mib,
    grown,
    measuring_mib,
    ranking_mib,
    training_mib,
)
from spectran.gpu import places
from spectran.input_sizes import LARGEST, sizes_of
from spectran.missing import missing_files
from spectran.planning import asked
from spectran.reporting.catalogue.files import (
    CELL_FILES,
    CELL_RECORDS,
    CONTROL_FILES,
    FRAMES,
    MEMBERS,
    PART_FILES,
)
from spectran.supervision.ledger import count_failures, failures_log

try:
    STUDY = parse_study(
        config, origin=MODULE or ", ".join(map(str, workflow.configfiles)) or "study"
    )
except StudyError as error:
    raise WorkflowError(str(error)) from None

RESULTS = STUDY.results
# All rules ask for each cell's: made once, for laying a variant over a study checks all of it.
study_under = cache(STUDY.under)
PATHS = workflow.modifier.path_modifier
# Whether files are in object storage, where rules cannot look at them.
STORED = workflow.storage_settings.default_storage_provider is not None
CELLS = [*expand(STUDY), *variant_cells(STUDY)]

# Not `workflow.cores`: that refuses commands which run nothing and are given no --cores, such as --summary. On a cluster's
# node a job has no more than was asked for it, however many cores the node has.
ALL_CORES = (
    not workflow.remote_exec and workflow.resource_settings.cores
) or STUDY.compute.threads

# A job that will use a GPU asks for a place on one, or for all of its places; profiles say how many there are. Snakemake
# on a cluster's node runs one job and is told nothing.
given_gpu = workflow.is_main_process and workflow.global_resources.get("gpu")
try:
    GPU = places(STUDY.compute, given_gpu.value if given_gpu else None)
except ValueError as error:
    raise WorkflowError(str(error)) from None


NAME = r"[a-z0-9][a-z0-9_-]*"


wildcard_constraints:
    cell=rf"(cells|sensitivity/{NAME})(/{NAME}){{4}}/d\d+",
    dataset=NAME,
    encoder=NAME,


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


REPORT = f"{RESULTS}/report"
FRAME_FILES = [f"{REPORT}/data/{name}.parquet" for name in FRAMES]
FRAMES_RECORD = f"{REPORT}/data/frames.provenance.json"
# What reads all that a job made names that job's record alone, which is written last: a plan takes as long as files are
# named. The records of those who read name every file. In object storage what is not named is not there to be read.
FRAMES_READ = [FRAMES_RECORD, *(FRAME_FILES if STORED else [])]
CELLS_READ = CELL_FILES if STORED else CELL_RECORDS


# Long lists of files are functions of the wildcards: only a job that has them asks, where every job reads the rules.
def cell_files(*names):
    """The files of these names of every cell, those of variants included."""

    def files(wildcards):
        return [f"{RESULTS}/{cell.path}/{name}" for name in names for cell in CELLS]

    return files


def part_files(wildcards):
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


def compared_ranks(wildcards):
    """Ranks of every cell but those of variants, which rank by another protocol."""
    return [
        f"{RESULTS}/{cell.path}/ranks.parquet" for cell in CELLS if not cell.variant
    ]


def behind_the_report(wildcards):
    """What is missing of the files that the report is made of or links to.

    Snakemake does not miss a deleted file that lies behind a finished one. What is there need not be named, but where
    files are not on this machine that is not known. Where nothing of the report is there either, the job that makes its
    frames asks for every cell.
    """
    files = cell_files(*CELL_FILES, MEMBERS)(wildcards) + part_files(wildcards)
    files += [file for name in CONTROL_FILES for file in control_files(name)]
    files += FRAME_FILES
    if STORED:
        return files
    begun = [f"{REPORT}/{name}" for name in ("index.html", "complete.json")]
    anew = not any(Path(placed(file)).exists() for file in [FRAMES_RECORD, *begun])
    return missing_files(files, placed, asked=anew)


def placed(path):
    """A path as Snakemake spells it: with a module's prefix, which it puts before files of rules, not before params."""
    return PATHS.replace_prefix(path)


def failures_of(log):
    """A function of the wildcards: how often the job with this log has failed, so that a failed job is run again."""

    @asked
    def failed_before(wildcards):
        return count_failures(failures_log(Path(placed(log.format(**wildcards)))))

    return failed_before


def frequency_look():
    """How graph frequencies of a cell are looked at; null where no part does."""
    part = STUDY.parts.frellm4rec
    return part and part.model_dump(include={"users", "node", "standardise", "lowest"})


@asked
def attempt_of(wildcards, attempt):
    """Which try it is, for the script: only in the last one may what ran out of memory be left in the ledger."""
    return attempt


def growing(mem_mb):
    """A function of the attempt: MiB that a job asks for, more each time."""

    @asked
    def needed(wildcards, attempt):
        return grown(mem_mb, attempt)

    return needed


def sizes_in(input):
    """Sizes of a cell's inputs. In object storage, which is not read for this, they count as large."""
    try:
        return sizes_of(input)
    except FileNotFoundError:
        if not STORED:
            raise
        return LARGEST


def memory_of(predicted):
    """A function of wildcards, inputs and attempt: MiB that a cell's job asks for; not known before its inputs are."""

    @asked
    def needed(wildcards, input, attempt):
        settings, sizes = settings_at(cell_at(wildcards.cell)), sizes_in(input)
        return grown(predicted(settings, STUDY.compute, sizes), attempt)

    return needed


def control_memory(wildcards, input, attempt):
    """MiB that a control's job asks for; not known before its inputs are."""
    settings = control_settings(STUDY, wildcards.control)
    return grown(control_mib(settings, sizes_in(input)), attempt)


# A cell's place below results/, as a pattern. It is one wildcard, for Snakemake puts each by itself into every file.
CELL = f"{RESULTS}/{{cell}}"


@cache
def cell_at(place):
    return Cell.at(place)


@cache
def settings_at(cell):
    return settings_of(STUDY, cell)


@cache
def numbers_at(cell):
    return settings_at(cell).numbers()


@asked
def cell_settings(wildcards):
    """What the cell's numbers depend on; another value elsewhere in the study does not train it again."""
    return numbers_at(cell_at(wildcards.cell))


def split_folder(dataset, study):
    """Where the parts of a dataset are, split as the study says, or as a variant's study does."""
    return f"{RESULTS}/data/{dataset}/{study.protocol.split_name}"


def split_inputs(dataset, study, folder, reads):
    """The train part, the validation part and these text features of a folder. Never the test split."""
    split = split_folder(dataset, study)
    place = f"{dataset}/{folder}"
    features = {
        "embeddings": f"{RESULTS}/text/{place}/embeddings.npy",
        "raw": f"{RESULTS}/spectra/{place}/decomposition-raw.safetensors",
        "centred": f"{RESULTS}/spectra/{place}/decomposition-centred.safetensors",
    }
    return {
        "train": f"{split}/train.parquet",
        "valid": f"{split}/valid.parquet",
        **{name: features[name] for name in sorted(reads)},
    }


@asked
def training_inputs(wildcards):
    cell = cell_at(wildcards.cell)
    study = study_under(cell.variant)
    reads = study.methods[cell.method].reads() - {"collaborative"}
    files = split_inputs(cell.dataset, study, text_folder(study, cell.method), reads)
    source = source_of(study, cell)
    return files | (
        {"collaborative": f"{RESULTS}/{source.path}/items.npy"} if source else {}
    )


@asked
def tested_inputs(wildcards):
    """What the cell was trained on and the test part, for rules of evaluation.smk alone."""
    cell = cell_at(wildcards.cell)
    folder = split_folder(cell.dataset, study_under(cell.variant))
    return training_inputs(wildcards) | {"test": f"{folder}/test.parquet"}


def control_test(wildcards):
    """The test part, for rules of evaluation.smk alone."""
    return f"{split_folder(wildcards.dataset, STUDY)}/test.parquet"


# An untrained control's place below results/: it has neither backbone nor dimension.
CONTROL_NAME = "{dataset}/{encoder}/{control}"
CONTROL = f"{RESULTS}/controls/{CONTROL_NAME}"


def control_inputs(wildcards):
    reads = STUDY.controls[wildcards.control].reads()
    return split_inputs(wildcards.dataset, STUDY, wildcards.encoder, reads)


def control_numbers(wildcards):
    """What the control's numbers depend on."""
    return control_settings(STUDY, wildcards.control).numbers()
