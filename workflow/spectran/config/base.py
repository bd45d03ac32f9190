"""The base of every configuration section: frozen, strict, and helpful about mistakes."""

from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from spectran.config.messages import SLUG, problems
from spectran.config.words import no_device, plain_text

#: A name that becomes a folder under results/: it can neither climb out of it nor clash with wildcards.
Slug = Annotated[str, StringConstraints(pattern=SLUG), AfterValidator(no_device)]

#: Whole numbers as written: true is not 1, "5" and 5.0 are not 5.
Int = Annotated[int, Field(strict=True)]
PositiveInt = Annotated[Int, Field(gt=0)]
NonNegativeInt = Annotated[Int, Field(ge=0)]


class Section(BaseModel):
    """One section of a study. Unknown keys are refused, with the nearest known key as a hint."""

    # Defaults are validated too, so that a check of one key against another's default runs.
    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, validate_default=True
    )

    @field_validator("*")
    @classmethod
    def _text_shows_as_it_is(cls, value: Any) -> Any:
        return plain_text(value) if isinstance(value, str) else value

    @model_validator(mode="wrap")
    @classmethod
    def _say_it_plainly(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            found = problems(error, data, list(cls.model_fields))
            raise ValidationError.from_exception_data(cls.__name__, found) from None
