"""Finds the plugins: sources, segmenters and sinks.

A plugin is one module in ``streamseg/sources``, ``streamseg/segmenters`` or ``streamseg/sinks``; its name is the
module's. It is found without being imported, and imported only when it is chosen. A module says what must be known
before that in a literal named ``PLUGIN``, which is read from its source text::

    PLUGIN = {
        "suffixes": [".mp4"],                  # files that it plays (source), runs (segmenter) or writes (sink)
        "signature": (128, b"DICM"),           # sources: bytes at that place by which its files are known, of any name
        "folders": True,                       # whether it plays or runs a folder; with a signature: one of its files
        "pattern": "[0-9]+",                   # sources: other locations that it plays, a regular expression
        "live": ".*",                          # sources: locations whose frames come at their own pace, likewise
        "requires": {"tensorflow": "tensorflow"},  # modules that it imports -> extra of streamseg that brings them
        "runtimes": ["onnxruntime"],           # segmenters: distributions whose version decides how fast they are
        "last_resort": True,                   # segmenters: takes seconds to import; ``auto`` tries it last
        "lanes": True,                         # segmenters: may be made several times, each with its number of threads
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
import itertools
import os
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal, cast

from streamseg.errors import MissingDependencyError, SettingsError, SourceNotFoundError

# How many files of a folder are opened to see whose it is.
FILES_LOOKED_AT = 500

Kind = Literal["sources", "segmenters", "sinks"]


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin as known before it is imported."""

    kind: Kind
    name: str
    summary: str
    suffixes: frozenset[str] = frozenset()
    pattern: str | None = None
    live: str | None = None
    folders: bool = False
    signature: tuple[int, bytes] | None = None
    requires: Mapping[str, str] = field(default_factory=dict)
    runtimes: tuple[str, ...] = ()
    is_last_resort: bool = False
    has_lanes: bool = False
    entry_point: EntryPoint | None = None

    def has_suffix_of(self, path: Path) -> bool:
        """Whether the name ends in one of the suffixes, some of which are double, such as ``.nii.gz``."""
        return path.name.lower().endswith(tuple(self.suffixes))

    def knows(self, path: Path) -> bool:
        """Whether the file holds the signature; not where there is none, or where it cannot be read."""
        if self.signature is None or not path.is_file():  # to open a pipe would wait for somebody to write to it
            return False
        offset, mark = self.signature
        try:
            with path.open("rb") as file:
                return file.read(offset + len(mark))[offset:] == mark
        except OSError:
            return False

    def may_be_live(self, location: str) -> bool:
        """Whether frames of ``location`` come at their own pace, as far as is known: of a foreign plugin, they may."""
        return self.entry_point is not None or bool(self.live and re.fullmatch(self.live, location))

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
    that of a glob pattern), then by the signature of the file. A folder is played by the plugin whose signature one of
    its files holds, at any depth, else by one that plays any folder.

    Raises
    ------
    SourceNotFoundError
        No plugin plays this.
    """
    known = plugins("sources")
    name, colon, location = text.partition(":")
    if name in known and (colon or not _is_there(Path(text))):
        return known[name], location
    for plugin in known.values():
        if plugin.pattern and re.fullmatch(plugin.pattern, text):
            return plugin, text
    path = Path(text)
    is_there = _is_there(path)
    found = _for_folder(path, known) if is_there and path.is_dir() else _for_file(path, known)
    if found is not None:
        return found, text
    suffixes = sorted(suffix for plugin in known.values() for suffix in plugin.suffixes)
    if not is_there:
        raise SourceNotFoundError(f"source {text!r} is no file, folder or camera; `streamseg devices` lists cameras")
    raise SourceNotFoundError(f"no source plays {text!r}; known files are {' '.join(suffixes)}")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as err:  # a folder on the way to it may not be opened, or the name is too long for one
        raise SourceNotFoundError(f"source {str(path)!r} cannot be looked for: {err.strerror}; check the path") from err


def _for_file(path: Path, known: Mapping[str, Plugin]) -> Plugin | None:
    by_suffix = (plugin for plugin in known.values() if plugin.has_suffix_of(path))
    return next(by_suffix, None) or next((plugin for plugin in known.values() if plugin.knows(path)), None)


def _for_folder(folder: Path, known: Mapping[str, Plugin]) -> Plugin | None:
    players = [plugin for plugin in known.values() if plugin.folders]
    # A file of another kind is told by its suffix and need not be opened.
    others = [plugin for plugin in known.values() if plugin.signature is None]
    files = (Path(where, name) for where, _, names in os.walk(folder) for name in names)
    unknown = (file for file in files if not any(plugin.has_suffix_of(file) for plugin in others))
    for file in itertools.islice(unknown, FILES_LOOKED_AT):
        found = next((plugin for plugin in players if plugin.knows(file)), None)
        if found is not None:
            return found
    return next((plugin for plugin in players if plugin.signature is None), None)


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
        live=manifest.get("live"),
        folders=manifest.get("folders", False),
        signature=manifest.get("signature"),
        requires=manifest.get("requires", {}),
        runtimes=tuple(manifest.get("runtimes", ())),
        is_last_resort=manifest.get("last_resort", False),
        has_lanes=manifest.get("lanes", False),
    )
