"""What ``streamseg doctor`` says of optional abilities: the extras of streamseg, and compressed DICOM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from streamseg import registry
from streamseg.cli._check import Check
from streamseg.dicom.compression import compressions

KINDS: tuple[registry.Kind, ...] = ("sources", "segmenters", "sinks")


def check_plugins() -> Sequence[Check]:
    """List every source, segmenter and sink that can be used, and the extras that bring what some of them need."""
    plugins = {kind: registry.plugins(kind).values() for kind in KINDS}
    usable = [
        Check(kind, "works", ", ".join(plugin.name for plugin in found if plugin.missing is None))
        for kind, found in plugins.items()
    ]
    return [*usable, *judge_extras(plugin for found in plugins.values() for plugin in found)]


def judge_extras(plugins: Iterable[registry.Plugin]) -> Iterator[Check]:
    """Return a check of every extra that one of ``plugins`` needs: who needs it, and what it brought or would."""
    users: dict[str, list[registry.Plugin]] = {}
    for plugin in plugins:
        for extra in sorted(set(plugin.requires.values())):
            users.setdefault(extra, []).append(plugin)
    for extra, found in sorted(users.items()):
        needed_by = ", ".join(f"{plugin.kind[:-1]} {plugin.name}" for plugin in found)
        remedy = next((plugin.missing for plugin in found if plugin.missing), None)
        if remedy is not None:
            yield Check(f"extra {extra}", "missing", f"{needed_by} cannot be used", remedy)
        else:
            modules = {module for plugin in found for module, brings in plugin.requires.items() if brings == extra}
            yield Check(f"extra {extra}", "works", f"{needed_by} ({', '.join(sorted(modules))})")


def check_compressions() -> Sequence[Check]:
    """Look at what decodes each form of compressed DICOM."""
    return [
        Check(f"DICOM {each.name}", "works", f"decoded by {', '.join(each.plugins)}")
        if each.plugins
        else Check(
            f"DICOM {each.name}",
            "missing",
            "such files are refused",
            each.remedy or "export them as uncompressed DICOM",
        )
        for each in compressions()
    ]
