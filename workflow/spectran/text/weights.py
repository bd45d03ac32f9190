"""Where a model's files are: a local folder, an installed package, or the Hugging Face hub."""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from spectran.config.text import Model
from spectran.io import sha256_of
from spectran.text.hub import WeightsError as WeightsError
from spectran.text.hub import fetch

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
CONFIG = "config.json"
ADAPTER = "adapter_config.json"
#: Everything else that decides what a title becomes.
SETTINGS = (CONFIG, "tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab*", "merges.txt")

Origin = Literal["folder", "package", "hub"]


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
    return (packaged, "package") if packaged else (fetch(model, place, wanted), "hub")


def _package_folder(package: str) -> Path | None:
    """Folder inside an installed package; the package's own code does not run."""
    module, *inside = package.split("/")
    spec = find_spec(module)
    roots = spec.submodule_search_locations if spec else None
    folders = [Path(root, *inside) for root in roots or []]
    return next((folder for folder in folders if (folder / CONFIG).is_file()), None)


def _weight_files(folder: Path) -> list[str]:
    """Names of the safetensors files that transformers loads from a folder."""
    if (folder / ADAPTER).exists():
        # transformers would lay it over the model, or load the model that it names.
        raise WeightsError(f"{folder}: a model without {ADAPTER} expected; merge the adapter into the model first")
    if (folder / SINGLE).is_file():
        names = [SINGLE]
    elif (folder / INDEX).is_file():
        names = [INDEX, *_indexed(folder / INDEX)]
    else:
        raise WeightsError(f"{folder}: {SINGLE} or {INDEX} expected, found neither (other formats are not read)")
    strange = [name for name in names[1:] if Path(name).name != name or not name.endswith(".safetensors")]
    if strange:
        # transformers reads a file of another ending as a pickle, and one elsewhere as gladly.
        raise WeightsError(f"{folder / INDEX}: files *.safetensors of this folder expected, found {strange[0]!r}")
    absent = [name for name in names if not (folder / name).is_file()]
    if absent or not (folder / CONFIG).is_file():
        raise WeightsError(f"{folder}: incomplete, without {', '.join(absent) or CONFIG}")
    return names


def _indexed(path: Path) -> list[str]:
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["weight_map"].values()
        return sorted({str(name) for name in files})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WeightsError(f"{path}: an index with a weight_map of file names expected, found something else") from None
