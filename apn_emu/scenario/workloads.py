"""The models of workloads, made from their classes in `apn_emu.workloads`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from dataclasses import Field as DataclassField
from functools import cache
from typing import Annotated, Any, ClassVar, Self, get_type_hints

from pydantic import Field, PydanticUserError, create_model, model_validator

from apn_emu.documents import Loc
from apn_emu.errors import InputError, Problem
from apn_emu.measuring.kinds import kinds, load
from apn_emu.measuring.workload import PLANNED, UNITS, Workload
from apn_emu.scenario import vocabulary
from apn_emu.scenario.base import Choice, Model, field_by_key, problem
from apn_emu.scenario.matrices import Incast
from apn_emu.scenario.places import Server, Site, expand


class WorkloadModel(Model):
    """Base of the models: validates what a user writes and makes plain data of it."""

    made_from: ClassVar[type[Workload]] = Workload

    @property
    def kind(self) -> str:
        """The key that says what runs."""
        return self.made_from.kind

    @property
    def workload(self) -> Workload:
        """The workload with the values of the vocabulary."""
        return self.made_from(**dict(self))

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        for message, remedy in self.workload.check(self.model_fields_set):
            raise problem(message, remedy)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Be pickled by kind: the class is made anew in each process."""
        return _restored, (self.kind, self.__getstate__())

    def named_servers(self) -> Iterator[tuple[Loc, Server]]:
        """Yield the servers that the entry names, a site's first for a site, each with its keys."""
        for name, field in type(self).model_fields.items():
            yield from _servers(getattr(self, name), (field.alias or name,))

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units; `sites` are the ids for `all-pairs`.

        `parallel` is a number of pairs, None for all; `name` is never None.
        """
        values = {name: _plain(value, sites) for name, value in self}
        meant = {k: v for k, v in self.workload.defaults().items() if values[k] is None}
        return {"kind": self.kind, **values, **meant}


def _servers(value: object, loc: Loc) -> Iterator[tuple[Loc, Server]]:
    if isinstance(value, Server):
        yield loc, value
    elif isinstance(value, Site):
        yield loc, Server(value)
    elif isinstance(value, Incast):
        yield (*loc, "incast"), value.to
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _servers(item, (*loc, index))


def _plain(value: Any, sites: Iterable[str]) -> Any:
    if value == "all-pairs":
        value = expand(value, sites)
    if isinstance(value, Server):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item, sites) for item in value]
    return None if value == "all" else value


def model_of(workload: type[Workload]) -> type[WorkloadModel]:
    """Return the model whose fields are the parameters of a workload.

    Raises `InputError` if they are none that can be.
    """
    file = sys.modules[workload.__module__].__file__
    try:
        hints = get_type_hints(workload, localns=vars(vocabulary), include_extras=True)
        parameters: dict[str, Any] = {
            field.name: (hints[field.name], _field(field))
            for field in fields(workload)
            if PLANNED not in field.metadata
        }
        made = create_model(workload.__name__, __base__=WorkloadModel, **parameters)
    except (NameError, TypeError, PydanticUserError) as error:
        remedy = "apn_emu/scenario/vocabulary.py has the types of parameters"
        raise InputError(Problem(file, None, workload.__name__, str(error), remedy)) from error
    if workload is not Workload and workload.kind not in field_by_key(made):
        message = f"no parameter has the key {workload.kind}, which says in a scenario what runs"
        remedy = f"give one of them key={workload.kind!r}"
        raise InputError(Problem(file, None, workload.__name__, message, remedy))
    made.__doc__, made.made_from = workload.__doc__, workload
    return made


def _field(parameter: DataclassField[Any]) -> Any:
    """Return what pydantic knows of a parameter; its key is its name without the unit."""
    options = dict(parameter.metadata)
    bare = next(
        (parameter.name.removesuffix(unit) for unit in UNITS if parameter.name.endswith(unit)), None
    )
    options["alias"] = options.get("alias") or bare
    if parameter.default is not MISSING:
        options["default"] = parameter.default
    return Field(**options)


@cache
def _model(kind: str) -> type[WorkloadModel]:
    return model_of(load(kind))


class _Models(Mapping[str, type[WorkloadModel]]):
    """A model for each workload that there is, made when it is asked for."""

    def __getitem__(self, kind: str) -> type[WorkloadModel]:
        if kind not in kinds():
            raise KeyError(kind)
        return _model(kind)

    def __iter__(self) -> Iterator[str]:
        return iter(kinds())

    def __len__(self) -> int:
        return len(kinds())


WORKLOADS = _Models()


def _restored(kind: str, state: dict[Any, Any]) -> WorkloadModel:
    entry = WORKLOADS[kind].__new__(WORKLOADS[kind])
    entry.__setstate__(state)
    return entry


WorkloadEntry = Annotated[WorkloadModel, Choice("workload", WORKLOADS)]
