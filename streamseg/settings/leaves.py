"""The settings one by one: where each stands in the tree, and what it is called on the command line."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from streamseg.settings.groups import StreamSettings


class Leaf(BaseModel):
    """One setting, wherever it is in the tree: where it stands, what it is called on the command line, what it is."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    path: tuple[str, ...]
    option: str
    field: FieldInfo
    alias: str | None = None


def leaves(group: type[BaseModel] = StreamSettings, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield every setting of the tree, depth first, in the order written here."""
    for name, field in group.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from leaves(field.annotation, (*path, name))
            continue
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        alias = extra.get("alias")
        yield Leaf(
            path=(*path, name),
            option=str(extra.get("option", name.replace("_", "-"))),
            field=field,
            alias=None if alias is None else str(alias),
        )


def is_list(field: FieldInfo) -> bool:
    """Whether a setting holds several values, written with commas on the command line and in the environment."""
    return isinstance(field.default, tuple)
