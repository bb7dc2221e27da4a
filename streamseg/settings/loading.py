"""Settings from everywhere, and back into TOML.

Where a setting is said more than once, the first of these counts: command line, environment, configuration file, the
profile of the scanner that one of them names (`streamseg.settings.profiles`), default.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError

from streamseg.errors import SettingsError
from streamseg.settings.groups import StreamSettings
from streamseg.settings.leaves import is_list, leaves
from streamseg.settings.profiles import FOLDER_VARIABLE, PATHS, profile_path, read_profile

ENVIRONMENT_PREFIX = "STREAMSEG_"
# Variables of the same prefix that are not settings of a stream.
OTHER_VARIABLES = frozenset({"STREAMSEG_DATA", FOLDER_VARIABLE})


def load_settings(
    options: Mapping[tuple[str, ...], Any],
    *,
    config: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> StreamSettings:
    """Merge command line over environment over configuration file over profile over defaults.

    Parameters
    ----------
    options
        Values given on the command line, by path in the tree, such as ``("playback", "pace")``.

    Raises
    ------
    SettingsError
        A key is unknown, a value is out of range, or the file cannot be read.
    """
    tree = _read_toml(config) if config else {}
    for path, value in (*_from_environment(environment), *options.items()):
        _set(tree, path, value)
    _fill_in_profile(tree)
    try:
        return StreamSettings.model_validate(tree)
    except ValidationError as err:
        fault = err.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            raise SettingsError(
                f"unknown setting {where!r}; `streamseg run --print-config` lists those there are"
            ) from err
        raise SettingsError(f"setting {where} cannot be {fault['input']!r}: {fault['msg']}") from err


def to_toml(settings: StreamSettings) -> str:
    """Return ``settings`` as a configuration file; a field that is not set is left out, its sentence stays."""
    document = tomlkit.document()
    for leaf in leaves():
        table: Any = document
        for part in leaf.path[:-1]:
            table = table.setdefault(part, tomlkit.table())
        value: Any = settings
        for part in leaf.path:
            value = getattr(value, part)
        table.add(tomlkit.comment(str(leaf.field.description)))
        if value is None:
            table.add(tomlkit.comment(f"{leaf.path[-1]} ="))
        else:
            table.add(leaf.path[-1], list(value) if isinstance(value, tuple) else _plain(value))
    return tomlkit.dumps(document)


def _plain(value: Any) -> Any:
    return value.as_posix() if isinstance(value, Path) else value


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise SettingsError(f"cannot read the configuration file {path}: {err.strerror}") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise SettingsError(f"the configuration file {path} is not TOML: {err}") from err


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], Any]]:
    known = {ENVIRONMENT_PREFIX + "__".join(leaf.path).upper(): leaf for leaf in leaves()}
    for name, text in environment.items():
        if not name.startswith(ENVIRONMENT_PREFIX) or name in OTHER_VARIABLES:
            continue
        if name not in known:
            raise SettingsError(f"unknown environment variable {name}={text}; unset it, or see `streamseg run --help`")
        leaf = known[name]
        yield leaf.path, tuple(text.split(",")) if is_list(leaf.field) else text


def _fill_in_profile(tree: dict[str, Any]) -> None:
    """Set what the profile says and nobody else did."""
    source = tree.get("source")
    if not isinstance(source, dict):
        return
    name = source.get("profile")
    # One that a calibration is to make need not be there yet.
    if not isinstance(name, str) or (source.get("calibrate") and not profile_path(name).exists()):
        return
    for key, value in read_profile(name).items():
        *groups, field = PATHS[key]
        group = tree
        for part in groups:
            group = group.setdefault(part, {})
        if isinstance(group, dict):
            group.setdefault(field, value)


def _set(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        branch = tree.setdefault(part, {})
        if not isinstance(branch, dict):
            raise SettingsError(f"setting {part!r} must be a table, got {branch!r}")
        tree = branch
    tree[path[-1]] = value
