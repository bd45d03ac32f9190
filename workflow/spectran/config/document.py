"""The written form of the typed configuration: JSON schema, commented default study, reference table.

`python -m spectran.config.document` (with `workflow` on PYTHONPATH) writes all three; a test holds them in step.
"""

import json
from collections.abc import Iterator, Mapping
from inspect import getdoc
from pathlib import Path
from textwrap import fill, indent
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic.fields import FieldInfo

from spectran.config.backbones import LanguageModel
from spectran.config.base import Section
from spectran.config.embedded import EMBEDDED, NOTES
from spectran.config.language_models import SOURCES
from spectran.config.load import parse_study
from spectran.config.study import Study
from spectran.config.text import PRESETS, Encoder
from spectran.io import replacing

#: Sections with presets, and what these fill in.
FILLED: Mapping[type[Section], Mapping[str, Mapping[str, Any]]] = {Encoder: PRESETS, LanguageModel: SOURCES}
WIDTH = 100
BEGIN = "<!-- reference: written by python -m spectran.config.document -->"
END = "<!-- end of reference -->"
HEAD = """\
# yaml-language-server: $schema=../workflow/schemas/study.schema.json
# The default study: `snakemake --cores all` runs it. Every key is shown with its meaning.
# Written by `python -m spectran.config.document` from workflow/spectran/config. To change something, copy this file
# (or office.yaml, which is shorter: a key left out keeps its default) and run it with --configfile.
"""


def documents(root: Path) -> dict[Path, str]:
    """Path and text of every generated document of the project at `root`.

    Raises:
        ValueError: if config/README.md lacks the two marker lines.
    """
    readme = root / "config" / "README.md"
    text = readme.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{readme}: the lines '{BEGIN}' and '{END}' expected once each")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    return {
        root / "workflow" / "schemas" / "study.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False) + "\n",
        root / "config" / "config.yaml": default_study(),
        readme: f"{before}{BEGIN}\n\n{reference()}\n{END}{after}",
    }


def schema() -> dict[str, Any]:
    """JSON schema of a study as a person writes it: before names become kinds and presets fill in their keys."""
    document = Study.model_json_schema()
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}
    for section in sections():
        definition = document if section is Study else document["$defs"][section.__name__]
        for key, entry in definition["properties"].items():
            entry.setdefault("description", description(section, key))
    for key in ("datasets", "backbones", "methods", "controls"):
        mapping = document["properties"][key]
        mapping["additionalProperties"] = False
        if key != "datasets":  # an empty entry takes the defaults, and the name may stand for the kind
            ((pattern, entry),) = mapping["patternProperties"].items()
            mapping["patternProperties"] = {pattern: {"anyOf": [*entry.get("oneOf", [entry]), {"type": "null"}]}}
    for section in FILLED:
        definition = document["$defs"][section.__name__]
        definition["anyOf"] = [{"required": ["preset"]}, {"required": definition.pop("required")}]
    return document


def default_study() -> str:
    """The embedded study as YAML, each key under its description."""
    study = parse_study(EMBEDDED, "the embedded study")
    return HEAD + "\n".join(_yaml(study, "", set())) + "\n"


def reference() -> str:
    """Markdown: a table of keys for every section."""
    return "\n".join(line for section in sections() for line in _table(section))


def sections() -> list[type[Section]]:
    """Every section class, the study first, in the order in which the study names them."""
    found: list[type[Section]] = []

    def visit(annotation: Any) -> None:
        if isinstance(annotation, type) and issubclass(annotation, Section) and annotation not in found:
            found.append(annotation)
            for field in annotation.model_fields.values():
                visit(field.annotation)
        for argument in get_args(annotation):
            visit(argument)

    visit(Study)
    return found


def description(section: type[Section], key: str) -> str:
    """What a key means: its docstring, or the one of the class it overrides a default of."""
    for parent in section.__mro__:
        if issubclass(parent, Section) and key in parent.model_fields and parent.model_fields[key].description:
            return " ".join(str(parent.model_fields[key].description).split())
    raise ValueError(f"{section.__name__}.{key}: a docstring below the field expected, found none")


def _yaml(section: Section, path: str, seen: set[type[Section]]) -> Iterator[str]:
    """Lines of one section. A class met before shows only what differs from its defaults."""
    known = type(section) in seen
    seen.add(type(section))
    indent = "  " * path.count(".")
    filled = FILLED.get(type(section), {}).get(getattr(section, "preset", None) or "", {})
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        if known and key != "kind" and value == filled.get(key, field.get_default()):
            continue
        lines = list(_yaml(value, f"{path}{key}.", seen)) if isinstance(value, Section) else []
        if isinstance(value, Section) and not lines and value == field.get_default():
            continue
        if not path:
            yield ""
        if not known:
            yield from _comment(description(type(section), key), indent)
        yield from _comment(NOTES.get(path + key, ""), indent)
        if isinstance(value, Section):
            yield f"{indent}{key}:" if lines else f"{indent}{key}: {{}}"
            yield from lines
        elif isinstance(value, dict) and all(isinstance(entry, Section) for entry in value.values()):
            yield f"{indent}{key}:"
            for name, entry in value.items():
                yield from _comment(NOTES.get(f"{path}{key}.{name}", ""), indent + "  ")
                yield f"{indent}  {name}:"
                yield from _yaml(entry, f"{path}{key}.{name}.", seen)
        else:
            # What the preset fills in stays a comment: choosing another preset must not keep this one's values.
            prefix = "# " if key in filled and filled[key] == value else ""
            yield from _scalar(f"{indent}{prefix}{key}", value)


def _comment(text: str, indent: str) -> Iterator[str]:
    if text:
        mark = f"{indent}# "
        yield fill(text, WIDTH, initial_indent=mark, subsequent_indent=mark, break_on_hyphens=False)


def _scalar(key: str, value: Any) -> Iterator[str]:
    plain = list(value) if isinstance(value, tuple) else value
    line = yaml.safe_dump(plain, default_flow_style=True, allow_unicode=True, width=10_000).removesuffix("\n...\n")
    if isinstance(value, str) and len(key) + len(line) > WIDTH:
        yield f"{key}: >-"
        yield fill(value, WIDTH, initial_indent="  ", subsequent_indent="  ")
    elif isinstance(value, tuple) and len(key) + len(line) > WIDTH:
        yield f"{key}:"
        block = yaml.safe_dump(plain, allow_unicode=True).rstrip()
        yield indent(block, " " * (len(key) - len(key.lstrip()) + 2))
    else:
        yield f"{key}: {line.strip()}"


def _table(section: type[Section]) -> Iterator[str]:
    yield f"### {section.__name__}\n"
    yield f"{getdoc(section) or ''}\n"
    yield "| key | default | meaning |"
    yield "|---|---|---|"
    for key, field in section.model_fields.items():
        text = description(section, key).replace("|", "\\|").replace("<", "&lt;")
        choices = [str(choice) for choice in _choices(field.annotation)]
        if len(choices) > 1:
            text += " One of " + ", ".join(f"`{choice}`" for choice in choices) + "."
        yield f"| `{key}` | {_default(field)} | {text} |"
    yield ""


def _choices(annotation: Any) -> tuple[Any, ...]:
    """Values of the Literal in an annotation, if there is one."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return next(filter(None, map(_choices, get_args(annotation))), ())


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default()
    if isinstance(value, Section):
        return f"see {type(value).__name__}"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def main() -> None:
    """Write every document."""
    for path, text in documents(Path(__file__).parents[3]).items():
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
