"""A stack report as a page to read."""

from __future__ import annotations

from collections.abc import Iterator

from streamseg.stacks.report import StackReport

# Slices of the ranking that are named.
_RANKED = 10


def to_markdown(report: StackReport, picture: str) -> str:
    """Return ``report`` as Markdown; ``picture`` is the file name of the montage."""
    return "\n".join(_lines(report, picture)) + "\n"


def _lines(report: StackReport, picture: str) -> Iterator[str]:
    stream, volume = report.stream, report.volume
    card = stream.card
    yield f"# Stack report: {stream.source.name}"
    yield f"\n**{card.notice}**\n"
    seen = f"{volume.slices_seen} of {volume.slice_count or 'an unknown number of'} slices were seen"
    if not volume.is_complete:
        yield f"**Incomplete**: {seen}; {'; '.join(report.missing)}. All figures are of the slices seen.\n"
    yield "| | |\n|---|---|"
    yield f"| source | {stream.source.detail or stream.source.kind} |"
    yield f"| model | {card.name} {card.version}, outlines {card.structure.name} |"
    yield f"| volume | {volume.words} |"
    yield f"| ABC/2 | {_estimate(report)} |"
    yield from _findings(report)
    ranked = ", ".join(f"{each.place + 1} ({each.scores.top_percent:.2f})" for each in report.ranked[:_RANKED])
    yield f"| slices by score | {ranked} |"
    for remark in report.remarks:
        yield f"\nNote: {remark}."
    yield f"\n![slices]({picture})\n"
    yield from _table(report)


def _estimate(report: StackReport) -> str:
    abc2 = report.abc2
    if abc2.volume_ml is None:
        return f"does not apply: {abc2.why_not}"
    return (
        f"{abc2.volume_ml:.2f} mL (A {abc2.a_mm:.1f} mm, B {abc2.b_mm:.1f} mm, C {abc2.c_mm:.1f} mm; "
        f"largest on slice {(abc2.place or 0) + 1})"
    )


def _findings(report: StackReport) -> Iterator[str]:
    found = report.with_finding
    if found:
        for title, each in (("first", found[0]), ("last", found[-1])):
            place = "" if each.position_mm is None else f" at {each.position_mm:.1f} mm"
            yield f"| {title} slice with a finding | {each.place + 1}{place} |"


def _table(report: StackReport) -> Iterator[str]:
    yield "| slice | position mm | stands for mm | area mm² | area px | volume mL | mean | top 1 % | max |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for each, extent_mm, volume_ml in zip(report.slices, report.extents_mm, report.volumes_ml, strict=True):
        scores = each.scores
        cells = (
            f"{each.place + 1}",
            _number(each.position_mm, 2),
            _number(extent_mm, 2),
            _number(each.area_mm2, 1),
            f"{each.area_px}",
            _number(volume_ml, 3),
            f"{scores.mean:.3f}",
            f"{scores.top_percent:.3f}",
            f"{scores.maximum:.3f}",
        )
        yield f"| {' | '.join(cells)} |"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
