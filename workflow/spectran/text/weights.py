"""Where a model's files are: a local folder, an installed package, or the Hugging Face hub."""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from huggingface_hub import snapshot_download
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

from spectran.config.text import Model
from spectran.io import sha256_of

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
CONFIG = "config.json"
#: Everything else that decides what a title becomes.
SETTINGS = (CONFIG, "tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab*", "merges.txt")
WAYS_OUT = (
    "download the model elsewhere and point {place}.model at its folder, "
    "or use the preset minilm, whose weights come with the environment"
)

Origin = Literal["folder", "package", "hub"]


class WeightsError(ValueError):
    """A model's files cannot be had, or are not the ones that the study pins."""


@dataclass(frozen=True)
class Weights:
    """A folder with a model's files, where they came from, and the sha256 of each file used."""

    folder: Path
    origin: Origin
    commit: str | None
    files: dict[str, str]


def find_weights(model: Model, place: str = "encoder") -> Weights:
    """Find, download if need be, and check the files of a model.

    A folder that `model.model` names comes first, then the installed package, then the hub (its cache when offline).

    Args:
        model: what the study says of it.
        place: where the study says so, for messages.

    Raises:
        WeightsError: if they cannot be had, are incomplete, or differ from `model.sha256`.
    """
    folder, origin = _locate(model, place, ["model*.safetensors", INDEX, *SETTINGS])
    names = _weight_files(folder)
    names += sorted({path.name for pattern in SETTINGS for path in folder.glob(pattern) if path.is_file()})
    files = {name: sha256_of(folder / name) for name in names}
    if model.sha256 and files.get(SINGLE) != model.sha256:
        found = files.get(SINGLE, "no such file")
        raise WeightsError(f"{folder / SINGLE}: sha256 {model.sha256} expected ({place}.sha256), found {found}")
    return Weights(folder, origin, folder.name if origin == "hub" else None, files)


def find_config(model: Model, place: str) -> Path:
    """The folder of a model of which config.json alone is needed, since its weights are to be drawn.

    Args:
        model: what the study says of it.
        place: where the study says so, for messages.

    Raises:
        WeightsError: if it cannot be had.
    """
    folder, _ = _locate(model, place, [CONFIG])
    if not (folder / CONFIG).is_file():
        raise WeightsError(f"{folder}: {CONFIG} expected, found none")
    return folder


def _locate(model: Model, place: str, wanted: list[str]) -> tuple[Path, Origin]:
    folder = Path(model.model).expanduser()
    if folder.is_dir():
        return folder, "folder"
    if folder.is_absolute() or model.model.startswith((".", "~")) or len(folder.parts) > 2:
        raise WeightsError(f"{place}.model: a folder with a model expected, found none at {folder}")
    packaged = _package_folder(model.package) if model.package else None
    return (packaged, "package") if packaged else (_snapshot(model, place, wanted), "hub")


def _package_folder(package: str) -> Path | None:
    """Folder inside an installed package; the package's own code does not run."""
    module, *inside = package.split("/")
    spec = find_spec(module)
    roots = spec.submodule_search_locations if spec else None
    folders = [Path(root, *inside) for root in roots or []]
    return next((folder for folder in folders if (folder / CONFIG).is_file()), None)


def _snapshot(model: Model, place: str, wanted: list[str]) -> Path:
    """Folder of the hub's files in the local cache. Pickled weights are never fetched."""
    try:
        path = snapshot_download(model.model, revision=model.revision, allow_patterns=wanted)
    except Exception as error:
        raise WeightsError(f"{place}.model: {_explain(error, model, place)}") from error
    return Path(path)


def _explain(error: Exception, model: Model, place: str) -> str:
    """What is wrong and what to do. The original text is left to the traceback: it is long, and not about the study."""
    name, page, ways_out = model.model, f"https://huggingface.co/{model.model}", WAYS_OUT.format(place=place)
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
    if isinstance(error, RevisionNotFoundError):
        return f"{name} has no revision {model.revision!r} on the Hugging Face hub ({place}.revision)"
    if isinstance(error, GatedRepoError) or (status in {401, 403} and not isinstance(error, RepositoryNotFoundError)):
        return (
            f"the Hugging Face hub does not hand out {name} without its licence and a valid token: accept the licence "
            f"on {page}, then set HF_TOKEN or run `hf auth login`; or {ways_out}"
        )
    if isinstance(error, RepositoryNotFoundError) or (isinstance(error, ValueError) and not status):
        return (
            f"{name} is neither a folder here nor a model that the Hugging Face hub shows you; check the name "
            f"(a private model needs HF_TOKEN or `hf auth login`), or {ways_out}"
        )
    reason = getattr(error, "strerror", None) or type(error).__name__
    absent = f", the package {model.package} is not installed," if model.package else ""
    return (
        f"the weights of {name} are not on this machine{absent} and cannot be fetched from the Hugging Face hub "
        f"({reason}{f', status {status}' if status else ''}): connect (and unset HF_HUB_OFFLINE), or {ways_out}"
    )


def _weight_files(folder: Path) -> list[str]:
    """Names of the safetensors files that transformers loads from a folder."""
    if (folder / SINGLE).is_file():
        names = [SINGLE]
    elif (folder / INDEX).is_file():
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        names = [INDEX, *sorted(set(index["weight_map"].values()))]
    else:
        raise WeightsError(f"{folder}: {SINGLE} or {INDEX} expected, found neither (other formats are not read)")
    absent = [name for name in names if not (folder / name).is_file()]
    if absent or not (folder / CONFIG).is_file():
        raise WeightsError(f"{folder}: incomplete, without {', '.join(absent) or CONFIG}")
    return names
