"""Models with the methods of pydantic's, whose absent fields read as None."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Set as AbstractSet
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypeVar, Union

import msgspec

from specwire._codec import model as models
from specwire._codec.codec import decoder, to_builtins
from specwire._codec.drift import tolerate
from specwire._models.additional_properties import keep_from, unknown_fields
from specwire._models.model import ADDITIONAL, is_open

if TYPE_CHECKING:
    from typing import Self

    Unset: TypeAlias = None
    """An absent field reads as None."""
    UNSET: None = None
    _ModelMeta = msgspec.StructMeta
else:
    # A union by `|` could not be joined to a type in quotes.
    Unset = Union[None, msgspec.UnsetType]
    UNSET = msgspec.UNSET
    _ModelMeta = type(models.WireModel)

T = TypeVar("T")
IncEx: TypeAlias = AbstractSet[str] | Mapping[str, Any] | None
"""Fields to include or exclude, by name."""


class _Field:
    """A field that reads as None while it is absent."""

    def __init__(self, member: Any) -> None:
        self._member = member
        self._get: Callable[..., Any] = member.__get__

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if instance is None:
            return self
        value = self._get(instance, owner)
        return None if value is msgspec.UNSET else value

    def __set__(self, instance: object, value: object) -> None:
        self._member.__set__(instance, value)


if TYPE_CHECKING:
    _Meta = msgspec.StructMeta
else:

    class _Meta(_ModelMeta):
        """Metaclass that lets absent fields read as None; encoders read the fields themselves."""

        def __new__(mcls, name, bases, namespace, **config):
            cls = super().__new__(mcls, name, bases, namespace, **config)
            for field in cls.__struct_fields__:
                if field in cls.__dict__:
                    setattr(cls, field, _Field(cls.__dict__[field]))
            return cls

        @property
        def model_fields(cls):
            """The fields of the class by name, each with its type and default."""
            return {field.name: field for field in msgspec.structs.fields(cls)}


class BaseModel:
    """Methods of pydantic's models; the base of all models of a client."""

    __slots__ = ()

    if TYPE_CHECKING:
        __struct_fields__: ClassVar[tuple[str, ...]]
        __struct_encode_fields__: ClassVar[tuple[str, ...]]
        model_fields: ClassVar[Mapping[str, Any]]

    def __getattr__(self, name: str) -> Any:
        """Return a field that the server sent and the document does not declare."""
        found = _undeclared(self).get(name, msgspec.UNSET) if not name.startswith("__") else msgspec.UNSET
        if found is msgspec.UNSET:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return found

    def __iter__(self) -> Iterator[Any]:
        yield from ((name, getattr(self, name)) for name in self.__struct_fields__)
        yield from _undeclared(self).items()

    @property
    def model_fields_set(self) -> set[str]:
        """Names of the fields that are set, also to null."""
        return {*(name for name, _ in _set_fields(self)), *_undeclared(self)}

    @property
    def model_extra(self) -> dict[str, Any]:
        """Fields that the server sent and the document does not declare."""
        return dict(_undeclared(self))

    def model_dump(
        self,
        *,
        mode: str = "python",
        include: IncEx = None,
        exclude: IncEx = None,
        context: Any = None,
        by_alias: bool | None = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        exclude_computed_fields: bool = False,
        round_trip: bool = False,
        warnings: bool | str = True,
        fallback: Callable[[Any], Any] | None = None,
        serialize_as_any: bool = False,
    ) -> dict[str, Any]:
        """Return the model as a dictionary, nested models included; absent fields are None unless excluded."""
        unset = exclude_unset or exclude_defaults
        dumped: dict[str, Any] = _dumped(self, mode == "json", bool(by_alias), unset, exclude_none)
        if include is not None:
            dumped = {key: value for key, value in dumped.items() if key in include}
        return {key: value for key, value in dumped.items() if exclude is None or key not in exclude}

    def model_dump_json(
        self,
        *,
        indent: int | None = None,
        ensure_ascii: bool = False,
        include: IncEx = None,
        exclude: IncEx = None,
        context: Any = None,
        by_alias: bool | None = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        exclude_computed_fields: bool = False,
        round_trip: bool = False,
        warnings: bool | str = True,
        fallback: Callable[[Any], Any] | None = None,
        serialize_as_any: bool = False,
    ) -> str:
        """Return the model as JSON; absent fields are null unless excluded."""
        dumped = self.model_dump(
            mode="json",
            include=include,
            exclude=exclude,
            by_alias=by_alias,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
        )
        separators = (",", ":") if indent is None else None
        return json.dumps(dumped, indent=indent, ensure_ascii=ensure_ascii, separators=separators)

    def to_dict(
        self,
        *,
        mode: Literal["json", "python"] = "python",
        use_api_names: bool = True,
        exclude_unset: bool = True,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        warnings: bool = True,
    ) -> dict[str, object]:
        """Return the model as a dictionary, by the names of the API and without absent fields."""
        return self.model_dump(
            mode=mode,
            by_alias=use_api_names,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
        )

    def to_json(
        self,
        *,
        indent: int | None = 2,
        use_api_names: bool = True,
        exclude_unset: bool = True,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        warnings: bool = True,
    ) -> str:
        """Return the model as JSON, by the names of the API and without absent fields."""
        return self.model_dump_json(
            indent=indent,
            by_alias=use_api_names,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
        )

    def dict(self, **options: Any) -> dict[str, Any]:
        """Return `model_dump`, by the name of older versions of pydantic."""
        return self.model_dump(**options)

    def json(self, **options: Any) -> str:
        """Return `model_dump_json`, by the name of older versions of pydantic."""
        return self.model_dump_json(**options)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with changed fields."""
        made = copy.deepcopy(self) if deep else copy.copy(self)
        for name, value in (update or {}).items():
            setattr(made, name, value)
        return made

    def copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return `model_copy`, by the name of older versions of pydantic."""
        return self.model_copy(update=update, deep=deep)

    def __copy__(self) -> Self:
        """Return a copy with the undeclared fields."""
        return _rebuilt(type(self), *_parts(self))

    def __deepcopy__(self, memo: Any) -> Self:
        return _rebuilt(type(self), *copy.deepcopy(_parts(self), memo))

    def __reduce__(self) -> Any:
        return _rebuilt, (type(self), *_parts(self))

    @classmethod
    def model_validate(cls, obj: Any, **_: Any) -> Self:
        """Build a model from a dictionary by the names of the API or of the fields; raise for other data."""
        if isinstance(obj, cls):
            return obj
        raw = _by_wire_name(cls, obj)
        made: Self = decoder(cls).convert(raw)
        keep_from(made, raw)
        return made

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **_: Any) -> Self:
        """Build a model from JSON; raise for other data."""
        return cls.model_validate(msgspec.json.decode(json_data))

    @classmethod
    def construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """Build a model from whatever the values are: those of another type stay as they are."""
        raw = _by_wire_name(cls, values)
        made, _ = tolerate(to_builtins(raw), cls)
        if not isinstance(made, cls):
            raise TypeError(f"{cls.__name__} cannot be built from {type(made).__name__}")
        keep_from(made, raw)
        return made

    model_construct = construct
    parse_obj = model_validate


class WireModel(BaseModel, models.WireModel, metaclass=_Meta, kw_only=True):
    """Class of a JSON object."""

    __takes_any__: ClassVar[bool] = True


class OpenModel(BaseModel, models.OpenModel, metaclass=_Meta, kw_only=True, omit_defaults=True):
    """Class of a JSON object that may have properties beyond the declared ones."""


def _parts(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields of a model that are set, and those that the document does not declare."""
    pairs = zip(type(model).__struct_fields__, msgspec.structs.astuple(model), strict=True)
    unknown = {} if is_open(type(model)) else dict(unknown_fields(model))
    return {name: value for name, value in pairs if value is not msgspec.UNSET}, unknown


def _rebuilt(kind: type[T], fields: Mapping[str, Any], unknown: Mapping[str, Any]) -> T:
    """Return a model of these parts."""
    made = kind(**fields)
    keep_from(made, unknown)
    return made


def _set_fields(model: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names and values of the fields that are set, without additional properties."""
    kind = type(model)
    fields = zip(kind.__struct_fields__, kind.__struct_encode_fields__, msgspec.structs.astuple(model), strict=True)
    yield from ((name, value) for name, wire, value in fields if value is not msgspec.UNSET and wire != ADDITIONAL)


def _undeclared(model: Any) -> Mapping[str, Any]:
    """Return the fields of a model that the document does not declare, by wire name."""
    kind = type(model)
    if is_open(kind):
        more: Mapping[str, Any] = getattr(
            model, kind.__struct_fields__[kind.__struct_encode_fields__.index(ADDITIONAL)]
        )
        return more
    return unknown_fields(model)


def _dumped(value: Any, as_json: bool, by_alias: bool, unset: bool, none: bool) -> Any:
    """Return a value as builtins; with `unset` and `none`, without absent fields and nulls."""

    def inside(item: Any) -> Any:
        return _dumped(item, as_json, by_alias, unset, none)

    match value:
        case BaseModel():
            kind, found = type(value), dict(_set_fields(value))
            wires = dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
            tag = _tag(kind)
            names = [name for name in wires if wires[name] != ADDITIONAL]
            fields = {name: found.get(name) for name in names if not unset or name in found}
            named = {wires[name] if by_alias else name: inside(field) for name, field in fields.items()}
            more = {name: inside(field) for name, field in _undeclared(value).items()}
            return {key: field for key, field in {**tag, **named, **more}.items() if not none or field is not None}
        case Mapping():
            return {key: inside(item) for key, item in value.items()}
        case list() | tuple():
            return [inside(item) for item in value]
        case _:
            return to_builtins(value) if as_json else value


def _tag(kind: Any) -> Mapping[str, Any]:
    """Return the property that tells the class apart from others of its union."""
    config = kind.__struct_config__
    return {} if config.tag_field is None else {config.tag_field: config.tag}


def _by_wire_name(kind: Any, fields: Any) -> Any:
    """Return a mapping with the names of fields replaced by those of the API, and models inside as builtins."""
    if not isinstance(fields, Mapping):
        return fields
    wires = dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
    return {wires.get(name, name): _dumped(value, False, True, True, False) for name, value in fields.items()}
