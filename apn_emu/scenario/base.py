"""What all models of a scenario share: strictness, lists, and choosing a model by its key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from apn_emu.network.building import nearest

T = TypeVar("T")

Many = Annotated[tuple[T, ...], Field(strict=False)]
"""A list in YAML, an immutable tuple in Python."""


def listed(value: object) -> object:
    """Return a value that stands alone as a list of one, for a `BeforeValidator`."""
    return value if isinstance(value, list | tuple) else (value,)


class Model(BaseModel):
    """Base of all models: no unknown keys, no silent conversions, immutable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Choice:
    """Annotation that validates a mapping by the model whose key it has, e.g. `ping`.

    A new kind is one more entry of `models`; nothing else needs to know it.
    """

    def __init__(self, what: str, models: Mapping[str, type[Model]]) -> None:
        self.what = what
        self.models = models
        self._one = f"{'an' if what[0] in 'aeiou' else 'a'} {what}"

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def kind_of(self, value: object) -> str | None:
        """Return the one kind whose key `value` has, None if it has none or several."""
        kinds = self._kinds(value)
        return kinds[0] if len(kinds) == 1 else None

    def _kinds(self, value: object) -> list[str]:
        return [key for key in value if key in self.models] if isinstance(value, Mapping) else []

    def validate(self, value: object) -> Model:
        """Return the model of `value`; raise a pydantic error that names the possible kinds."""
        if isinstance(value, Model) and isinstance(value, tuple(self.models.values())):
            return value  # made in Python
        if (kind := self.kind_of(value)) is not None:
            return self.models[kind].model_validate(value)
        if present := self._kinds(value):
            message = f"{self._one} has only one of the keys {', '.join(present)}"
            remedy = f"write {len(present)} {self.what}s"
        else:
            message = f"this is not {self._one}"
            remedy = f"one of these keys says what it is: {', '.join(self.models)}"
            keys = value if isinstance(value, Mapping) else {}
            guesses = [nearest(str(key), self.models) for key in keys]
            remedy = next((g for g in guesses if g.startswith("did you mean")), remedy)
        raise problem(message, remedy)


def problem(message: str, remedy: str) -> PydanticCustomError:
    """Return the error to raise in a validator, with a remedy of its own."""
    return PydanticCustomError("problem", "{message}", {"message": message, "remedy": remedy})


def field_by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the key that a user writes."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def marks_of(annotation: Any, metadata: Iterable[Any]) -> list[Any]:
    """Return the metadata of an annotation, also of the members of a union."""
    marks = list(metadata)
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        marks += marks_of(inner, more)
    elif get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            marks += marks_of(member, ())
    return marks


def model_at(
    model: type[BaseModel], data: object, path: tuple[str | int, ...]
) -> type[BaseModel] | None:
    """Return the model that validates the mapping at `path` of `data`, None if there is none.

    Follows the annotations from `model`; where a `Choice` stands, `data` decides.
    """
    current: Any = model
    for part in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = field_by_key(current).get(str(part))
            current = field.annotation if field else None
        else:  # a list or a mapping of models
            current = get_args(current)[-1 if get_origin(current) is dict else 0]
        try:
            data = data[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
        current = _resolve(current, data)
        if current is None:
            return None
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _resolve(annotation: Any, data: object) -> Any:
    """Return the model or the container of models in an annotation, None if there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for choice in arguments[1:]:
            if isinstance(choice, Choice):
                return choice.models.get(choice.kind_of(data) or "")
        return _resolve(arguments[0], data)
    if origin in (Union, UnionType):
        found = (_resolve(argument, data) for argument in arguments)
        return next((model for model in found if model is not None), None)
    return annotation if origin in (tuple, dict) else None
