"""Where a model's files are: a local folder, an installed package, or the Hugging Face hub."""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from huggingface_hub import snapshot_download
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

from spectran.config.text import Encoder
from spectran.io import sha256_of

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
#: Everything else that decides what a title becomes.
SETTINGS = ("config.json", "tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab*", "merges.txt")
WAYS_OUT = (
    "download the model elsewhere and point encoder.model at its folder, "
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


def find_weights(encoder: Encoder) -> Weights:
    """Find, download if need be, and check the files of the encoder's model.

    A folder that `encoder.model` names comes first, then the installed package, then the hub (its cache when offline).

    Raises:
        WeightsError: if they cannot be had, are incomplete, or differ from `encoder.sha256`.
    """
    folder, origin = _locate(encoder)
    names = _weight_files(folder)
    names += sorted({path.name for pattern in SETTINGS for path in folder.glob(pattern) if path.is_file()})
    files = {name: sha256_of(folder / name) for name in names}
    if encoder.sha256 and files.get(SINGLE) != encoder.sha256:
        found = files.get(SINGLE, "no such file")
        raise WeightsError(f"{folder / SINGLE}: sha256 {encoder.sha256} expected (encoder.sha256), found {found}")
    return Weights(folder, origin, folder.name if origin == "hub" else None, files)


def _locate(encoder: Encoder) -> tuple[Path, Origin]:
    folder = Path(encoder.model).expanduser()
    if folder.is_dir():
        return folder, "folder"
    if folder.is_absolute() or encoder.model.startswith((".", "~")) or len(folder.parts) > 2:
        raise WeightsError(f"encoder.model: a folder with a model expected, found none at {folder}")
    packaged = _package_folder(encoder.package) if encoder.package else None
    return (packaged, "package") if packaged else (_snapshot(encoder), "hub")


def _package_folder(package: str) -> Path | None:
    """Folder inside an installed package; the package's own code does not run."""
    module, *inside = package.split("/")
    spec = find_spec(module)
    roots = spec.submodule_search_locations if spec else None
    folders = [Path(root, *inside) for root in roots or []]
    return next((folder for folder in folders if (folder / "config.json").is_file()), None)


def _snapshot(encoder: Encoder) -> Path:
    """Folder of the hub's files in the local cache. Pickled weights are never fetched."""
    try:
        path = snapshot_download(
            encoder.model, revision=encoder.revision, allow_patterns=["model*.safetensors", INDEX, *SETTINGS]
        )
    except Exception as error:
        raise WeightsError(f"encoder.model: {_explain(error, encoder)}") from error
    return Path(path)


def _explain(error: Exception, encoder: Encoder) -> str:
    """What is wrong and what to do. The original text is left to the traceback: it is long, and not about the study."""
    model, page = encoder.model, f"https://huggingface.co/{encoder.model}"
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
    if isinstance(error, RevisionNotFoundError):
        return f"{model} has no revision {encoder.revision!r} on the Hugging Face hub (encoder.revision)"
    if isinstance(error, GatedRepoError) or (status in {401, 403} and not isinstance(error, RepositoryNotFoundError)):
        return (
            f"the Hugging Face hub does not hand out {model} without its licence and a valid token: accept the licence "
            f"on {page}, then set HF_TOKEN or run `hf auth login`; or {WAYS_OUT}"
        )
    if isinstance(error, RepositoryNotFoundError) or (isinstance(error, ValueError) and not status):
        return (
            f"{model} is neither a folder here nor a model that the Hugging Face hub shows you; check the name "
            f"(a private model needs HF_TOKEN or `hf auth login`), or {WAYS_OUT}"
        )
    reason = getattr(error, "strerror", None) or type(error).__name__
    absent = f", the package {encoder.package} is not installed," if encoder.package else ""
    return (
        f"the weights of {model} are not on this machine{absent} and cannot be fetched from the Hugging Face hub "
        f"({reason}{f', status {status}' if status else ''}): connect (and unset HF_HUB_OFFLINE), or {WAYS_OUT}"
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
    if absent or not (folder / "config.json").is_file():
        raise WeightsError(f"{folder}: incomplete, without {', '.join(absent) or 'config.json'}")
    return names
