"""Options made from the settings tree: one definition for command line, environment and configuration file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import click

from streamseg.settings import Leaf, StreamSettings, is_list, leaves, load_settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

META_KEY = "streamseg.settings"
METAVARS = {int: "INTEGER", float: "NUMBER", Path: "PATH"}
TITLES = {
    "": "Stream",
    "source": "Source",
    "playback": "Playback",
    "model": "Model",
    "postprocess": "Mask",
    "overlay": "Overlay",
    "output": "Output",
}
"""Titles of the groups of settings in the help."""


class SettingOption(click.Option):
    """The option of one setting. Its text is judged where the settings are, so that every way in says the same."""

    def __init__(self, leaf: Leaf) -> None:
        self.path = leaf.path
        self.group = TITLES[leaf.path[0] if len(leaf.path) > 1 else ""]
        self.is_list = is_list(leaf.field)
        kind = _kind(leaf.field.annotation)
        is_switch = kind is bool
        names = [f"--{leaf.option}/--no-{leaf.option}" if is_switch else f"--{leaf.option}"]
        super().__init__(
            ["__".join(leaf.path), *names, *([f"--{leaf.alias}"] if leaf.alias else [])],
            type=bool if is_switch else str,
            default=None,
            metavar=None if is_switch else "A,B,..." if self.is_list else _metavar(kind),
            help=_help(leaf),
            expose_value=False,
            callback=_remember,
        )


def settings_options(*names: str) -> Callable[..., Any]:
    """Return a decorator that adds ``--config`` and the options of settings.

    Parameters
    ----------
    names
        Groups of settings, or single options; none for all.
    """
    chosen = [SettingOption(leaf) for leaf in leaves() if not names or {leaf.path[0], leaf.option} & set(names)]

    def add(function: Decorated) -> Decorated:
        click.option(
            "--config",
            type=click.Path(path_type=Path),
            expose_value=False,
            callback=_remember_config,
            help="Read settings from this TOML file; options and environment (STREAMSEG_...) come before it.",
        )(function)
        for option in reversed(chosen):
            # What click.option does, for an option that exists already.
            function.__dict__.setdefault("__click_params__", []).append(option)
        return function

    return add


def effective_settings(ctx: click.Context, **preset: Any) -> StreamSettings:
    """Return the settings in force: options over ``preset`` over environment over file over defaults.

    Parameters
    ----------
    preset
        What the command itself asks for, by path with two underscores, such as ``output__log``.

    Raises
    ------
    SettingsError
        One of them is wrong.
    """
    given = {tuple(path.split("__")): value for path, value in preset.items()}
    return load_settings(given | _meta(ctx)["options"], config=_meta(ctx)["config"])


def _meta(ctx: click.Context) -> dict[str, Any]:
    meta: dict[str, Any] = ctx.meta.setdefault(META_KEY, {"options": {}, "config": None})
    return meta


def _remember(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep a value that was given; one that was not must not hide what environment or file say."""
    if value is None or not isinstance(option, SettingOption):
        return
    if option.is_list:
        value = tuple(part.strip() for part in value.split(",") if part.strip())
    _meta(ctx)["options"][option.path] = value


def _remember_config(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    _meta(ctx)["config"] = value


def _kind(annotation: Any) -> Any:
    """Return what an annotation is at heart: without None, ranges and patterns."""
    if get_origin(annotation) is Annotated:
        return _kind(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return next(_kind(part) for part in get_args(annotation) if part is not NoneType)
    return annotation


def _metavar(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return "|".join(get_args(kind))
    return METAVARS.get(kind, "TEXT")


def _help(leaf: Leaf) -> str:
    default = leaf.field.default
    is_said = default not in (None, False, (), Path())
    default = ",".join(default) if isinstance(default, tuple) else default
    return f"{leaf.field.description}{f' [default: {default}]' if is_said else ''}"
