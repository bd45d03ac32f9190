"""Files of a model from the Hugging Face hub: in a process of its own, for the hub may hang and its client waits."""

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from huggingface_hub import constants, snapshot_download
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

from spectran.config.text import Model
from spectran.full_disk import full_disk
from spectran.supervision.run import Limits, run

WAYS_OUT = (
    "download the model elsewhere and point {place}.model at its folder, "
    "or use the preset minilm, whose weights come with the environment"
)
#: Seconds in which something must come. The client asks some questions without any limit of its own.
PATIENCE = 120.0
#: More than this is not taken: a model of 70 billion parameters in half precision has 140.
MOST_GIGABYTES = 200
#: Bytes that the client writes at a time: what is seen to come.
CHUNK = 2**16

_log = logging.getLogger(__name__)


class WeightsError(ValueError):
    """A model's files cannot be had, or are not the ones that the study pins."""


class SilentHubError(Exception):
    """Nothing comes any more."""


class LargeModelError(Exception):
    """More comes than a model has."""


def fetch(model: Model, place: str, wanted: list[str]) -> Path:
    """Folder of the hub's files in the local cache, downloaded if need be.

    Where the hub falls silent the cache is used as it is, if it has all files.

    Args:
        model: what the study says of it.
        place: where the study says so, for messages.
        wanted: patterns of the files' names; pickled weights are never among them.

    Raises:
        WeightsError: if they cannot be had, saying what to do.
    """
    with TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        failure = run(lambda: _answer(answer, model, place, wanted), Limits())
        if failure is None:
            return Path(answer.read_text(encoding="utf-8"))
    refused = WeightsError(failure.reason)
    refused.add_note(failure.traceback)  # for the log
    raise refused


def _answer(answer: Path, model: Model, place: str, wanted: list[str]) -> None:
    # Its other way of downloading keeps much in memory before anything is seen on the disk.
    constants.HF_HUB_DISABLE_XET, constants.DOWNLOAD_CHUNK_SIZE = True, CHUNK
    cache = Path(constants.HF_HUB_CACHE) / f"models--{model.model.replace('/', '--')}"

    ask = partial(snapshot_download, model.model, revision=model.revision, allow_patterns=wanted)
    try:
        found = _while_something_comes(ask, cache)
    except SilentHubError:
        said = f"{place}.model: the Hugging Face hub ({constants.ENDPOINT}) gave nothing of {model.model}"
        said += f" for {PATIENCE:g} s"
        try:
            found = ask(local_files_only=True)
        except Exception:  # noqa: BLE001 - the hub is the reason, whatever the cache lacks
            ways_out = WAYS_OUT.format(place=place)
            raise WeightsError(f"{said}; what has come is kept, so start again later, or {ways_out}") from None
        _log.warning("%s; the files in the local cache are used", said)
    except LargeModelError as error:
        raise WeightsError(f"{place}.model: {error}, found more of {model.model}") from None
    except Exception as error:
        raise WeightsError(f"{place}.model: {_explain(error, model, place)}") from error
    answer.write_text(found, encoding="utf-8")


def _while_something_comes(ask: Callable[[], str], cache: Path) -> str:
    """The answer, or what was raised in its place; gives up once the cache has not grown for long."""
    found: list[str] = []
    raised: list[Exception] = []

    def work() -> None:
        try:
            found.append(ask())
        except Exception as error:  # noqa: BLE001 - raised again below
            raised.append(error)

    first = size = _bytes_in(cache)
    thread = Thread(target=work, daemon=True)
    thread.start()
    since = time.monotonic()
    while thread.is_alive():
        thread.join(min(1.0, PATIENCE / 10))
        if (now := _bytes_in(cache)) != size:
            size, since = now, time.monotonic()
            if size - first > MOST_GIGABYTES * 10**9:
                raise LargeModelError(f"at most {MOST_GIGABYTES} GB expected from the Hugging Face hub")
        elif time.monotonic() - since >= PATIENCE:
            raise SilentHubError
    for error in raised:
        raise error
    return found[0]


def _bytes_in(cache: Path) -> int:
    total = 0
    for path in cache.rglob("*"):
        try:
            total += path.lstat().st_size
        except FileNotFoundError:  # renamed meanwhile
            continue
    return total


def _explain(error: Exception, model: Model, place: str) -> str:
    """What is wrong and what to do. The original text is left to the log: it is long, and not about the study."""
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
    if full_disk(error):
        return f"no space left on the disk for {name} in {constants.HF_HUB_CACHE} (HF_HOME says where that is)"
    reason = getattr(error, "strerror", None) or type(error).__name__
    absent = f", the package {model.package} is not installed," if model.package else ""
    return (
        f"the weights of {name} are not on this machine{absent} and cannot be fetched from the Hugging Face hub "
        f"({reason}{f', status {status}' if status else ''}): connect (and unset HF_HUB_OFFLINE), or {ways_out}"
    )
