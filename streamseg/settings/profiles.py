"""Profiles: what is the same for every stream of one scanner, in a TOML file in the user's folder of settings."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import platformdirs
import tomlkit

from streamseg.errors import SettingsError

FOLDER_VARIABLE = "STREAMSEG_PROFILES"
SUFFIX = ".toml"
PATHS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "region": ("postprocess", "region"),
        "spacing_mm": ("source", "spacing_mm"),
        "window": ("source", "window"),
        "masked_areas": ("output", "masked_areas"),
    }
)
"""What a profile may hold, and the setting that each key stands for; values are written as on the command line."""


def profiles_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of profiles, which need not be there: ``STREAMSEG_PROFILES``, or one in the user's settings."""
    chosen = environment.get(FOLDER_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_config_path("streamseg", appauthor=False) / "profiles"


def profile_path(name: str) -> Path:
    """Return the file of the profile called ``name``; a name that ends in ``.toml`` is the path of a file already.

    Raises
    ------
    SettingsError
        It can be no name.
    """
    if name.endswith(SUFFIX):
        return Path(name)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise SettingsError(
            f"a profile cannot be called {name!r}; use letters, digits, dots and dashes, or the path of a {SUFFIX} file"
        )
    return profiles_folder() / f"{name}{SUFFIX}"


def list_profiles() -> dict[str, Path]:
    """Return the profiles in the user's folder by name."""
    return {path.stem: path for path in sorted(profiles_folder().glob(f"*{SUFFIX}"))}


def read_profile(name: str) -> dict[str, Any]:
    """Return what the profile says, by the keys of `PATHS`.

    Raises
    ------
    SettingsError
        There is no such profile, it cannot be read, or it holds a key that no profile has.
    """
    path = profile_path(name)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as err:
        there_are = ", ".join(list_profiles()) or "none yet; `streamseg profile save` makes one"
        raise SettingsError(f"there is no profile {name!r}; there are: {there_are}") from err
    except OSError as err:
        raise SettingsError(f"cannot read the profile {path}: {err.strerror}") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise SettingsError(f"the profile {path} is not TOML: {err}") from err
    for key in found:
        if key not in PATHS:
            raise SettingsError(f"the profile {path} has an unknown key {key!r}; there are: {', '.join(PATHS)}")
    return found


def write_profile(name: str, values: Mapping[str, str], *, overwrite: bool = False) -> Path:
    """Write ``values``, by the keys of `PATHS`, as the profile ``name``, and return its file.

    Raises
    ------
    SettingsError
        It exists already, or cannot be written.
    """
    path = profile_path(name)
    document = tomlkit.document()
    document.add(tomlkit.comment(f"A profile of streamseg: streamseg run SOURCE --profile {name}"))
    for key, value in values.items():
        document.add(key, tomlkit.item(value))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w" if overwrite else "x", encoding="utf-8") as file:
            file.write(tomlkit.dumps(document))
    except FileExistsError as err:
        raise SettingsError(f"the profile {path} exists already; give another name or --overwrite") from err
    except OSError as err:
        raise SettingsError(
            f"cannot write the profile {path}: {err.strerror}; give the path of a {SUFFIX} file"
        ) from err
    return path


def keep_in_profile(name: str, values: Mapping[str, str]) -> Path:
    """Write ``values`` into the profile ``name`` beside what it holds, and return its file; a new one is made.

    Raises
    ------
    SettingsError
        The profile cannot be read or written.
    """
    before = read_profile(name) if profile_path(name).exists() else {}
    return write_profile(name, {**before, **values}, overwrite=True)
