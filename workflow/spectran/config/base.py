"""The base of every configuration section: frozen, strict, and helpful about unknown keys."""

import re
from difflib import get_close_matches
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

#: A name that becomes a folder under results/: it can neither climb out of it nor clash with wildcards.
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class Section(BaseModel):
    """One section of a study. Unknown keys are refused, with the nearest known key as a hint."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _hint_at_nearest_key(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            raise ValidationError.from_exception_data(
                cls.__name__,
                [
                    InitErrorDetails(
                        type=PydanticCustomError(
                            "study", "{message}", {"message": _message(detail, list(cls.model_fields))}
                        ),
                        loc=detail["loc"],
                        input=detail["input"],
                    )
                    for detail in error.errors()
                ],
            ) from None


def _message(detail: Any, known: list[str]) -> str:
    """What went wrong with one key, in the words of the person who wrote the study."""
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        nearest = get_close_matches(str(detail["loc"][0]), known, n=1, cutoff=0.5)
        hint = f"did you mean '{nearest[0]}'?" if nearest else f"known keys: {', '.join(known)}"
        return f"unknown key; {hint}"
    if detail["type"] in {"union_tag_invalid", "literal_error"}:
        found = str(detail["ctx"].get("tag", detail["input"]))
        expected = str(detail["ctx"].get("expected_tags", detail["ctx"].get("expected")))
        nearest = get_close_matches(found, re.findall(r"'([^']*)'", expected), n=1, cutoff=0.5)
        hint = f"; did you mean '{nearest[0]}'?" if nearest else ""
        return f"one of {expected} expected, found '{found}'{hint}"
    if detail["type"] == "missing":
        return "missing; this key must be given"
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] in {"study", "value_error"} or isinstance(detail["input"], dict):
        return message
    return f"{message}, found {detail['input']!r}"
