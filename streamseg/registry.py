"""Finds the plugins: sources, segmenters and sinks.

A plugin is one module in ``streamseg/sources``, ``streamseg/segmenters`` or ``streamseg/sinks``; its name is the
module's. It is found without being imported, and imported only when it is chosen. A module says what must be known
before that in a literal named ``PLUGIN``, which is read from its source text::

    PLUGIN = {
        "suffixes": [".mp4"],                  # files that it plays (source), runs (segmenter) or writes (sink)
        "folders": True,                       # whether it plays or runs a folder
        "pattern": "[0-9]+",                   # sources: other locations that it plays, a regular expression
        "requires": {"tensorflow": "tensorflow"},  # modules that it imports -> extra of streamseg that brings them
    }

and makes what it is for in a function ``create``:

=========== ================================================================== =====================================
sources     ``create(location: str, settings: SourceSettings)``                `streamseg.protocols.Source`
segmenters  ``create(weights: Path, spec: InputSpec, settings: ModelSettings)``  `streamseg.protocols.Segmenter`
sinks       ``create(target: str, settings: OutputSettings)``                  `streamseg.protocols.Sink`
=========== ================================================================== =====================================

Other distributions add plugins through the entry points ``streamseg.sources``, ``streamseg.segmenters`` and
``streamseg.sinks``, each naming such a ``create`` function.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal, cast

from streamseg.errors import MissingDependencyError, SettingsError, SourceNotFoundError

Kind = Literal["sources", "segmenters", "sinks"]


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin as known before it is imported."""

    kind: Kind
    name: str
    summary: str
    suffixes: frozenset[str] = frozenset()
    pattern: str | None = None
    folders: bool = False
    requires: Mapping[str, str] = field(default_factory=dict)
    entry_point: EntryPoint | None = None

    @property
    def missing(self) -> str | None:
        """The command that adds what this plugin lacks here; None where it can be used."""
        extras = sorted({extra for module, extra in self.requires.items() if importlib.util.find_spec(module) is None})
        return f"pip install 'streamseg[{','.join(extras)}]'" if extras else None

    def load(self) -> Callable[..., Any]:
        """Import the plugin and return its ``create``.

        Raises
        ------
        MissingDependencyError
            A package that it needs is not installed.
        """
        if self.missing:
            raise MissingDependencyError(f"{self.kind[:-1]} {self.name!r} needs more packages: {self.missing}")
        if self.entry_point is not None:
            create = self.entry_point.load()
        else:
            create = importlib.import_module(f"streamseg.{self.kind}.{self.name}").create
        return cast("Callable[..., Any]", create)


def plugins(kind: Kind) -> dict[str, Plugin]:
    """Return the plugins of ``kind`` by name, our own before those of other distributions."""
    package = importlib.import_module(f"streamseg.{kind}")
    found = {
        module.name: _read(kind, module.name, Path(package.__path__[0]) / f"{module.name}.py")
        for module in pkgutil.iter_modules(package.__path__)
        if not module.name.startswith("_")
    }
    for point in entry_points(group=f"streamseg.{kind}"):
        found.setdefault(point.name, Plugin(kind, point.name, f"from {point.value}", entry_point=point))
    return found


def find(kind: Kind, name: str) -> Plugin:
    """Return the plugin of that name.

    Raises
    ------
    SettingsError
        There is none.
    """
    known = plugins(kind)
    if name not in known:
        raise SettingsError(f"there is no {kind[:-1]} {name!r}; there are: {', '.join(sorted(known))}")
    return known[name]


def find_source(text: str) -> tuple[Plugin, str]:
    """Return the plugin that plays ``text``, and the location to give it.

    ``NAME:LOCATION`` or ``NAME`` chooses a plugin by name. Otherwise it is chosen by pattern, then by suffix (also
    that of a glob pattern), then because it plays folders.

    Raises
    ------
    SourceNotFoundError
        No plugin plays this.
    """
    known = plugins("sources")
    name, colon, location = text.partition(":")
    if name in known and (colon or not Path(text).exists()):
        return known[name], location
    for plugin in known.values():
        if plugin.pattern and re.fullmatch(plugin.pattern, text):
            return plugin, text
    path = Path(text)
    for plugin in known.values():
        if plugin.folders if path.is_dir() else path.suffix.lower() in plugin.suffixes:
            return plugin, text
    suffixes = sorted(suffix for plugin in known.values() for suffix in plugin.suffixes)
    if not path.exists():
        raise SourceNotFoundError(f"source {text!r} is no file, folder or camera; `streamseg devices` lists cameras")
    raise SourceNotFoundError(f"no source plays {text!r}; known files are {' '.join(suffixes)}")


def _read(kind: Kind, name: str, path: Path) -> Plugin:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    summary = (ast.get_docstring(tree) or name).splitlines()[0]
    manifest: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", None) for target in node.targets] == ["PLUGIN"]:
            manifest = ast.literal_eval(node.value)
    return Plugin(
        kind,
        name,
        summary,
        suffixes=frozenset(manifest.get("suffixes", ())),
        pattern=manifest.get("pattern"),
        folders=manifest.get("folders", False),
        requires=manifest.get("requires", {}),
    )
