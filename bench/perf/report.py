"""Report of samples: each target with its ratio and verdict, then every figure."""

from __future__ import annotations

from statistics import median
from typing import TypeAlias

from plan import BARE, OURS, PEERS, SECTIONS, TARGETS, Section, Target

Samples: TypeAlias = dict[str, dict[str, list[dict[str, float]]]]
"""Section -> peer -> one sample for each round."""

_SECTIONS = {section.name: section for section in SECTIONS}


def values(samples: Samples, section: Section, peer: str) -> list[float]:
    """Return a peer's figure of each round, in the section's unit; empty if it did not take part."""
    found = samples.get(section.source, {}).get(peer, [])
    return [sample[section.metric] * section.scale for sample in found if section.metric in sample]


def ratio(samples: Samples, section: Section, peer: str, other: str) -> float | None:
    """Return the median over the rounds of one peer's figure divided by another's; None if one did not take part."""
    pairs = list(zip(values(samples, section, peer), values(samples, section, other), strict=False))
    return median(mine / theirs for mine, theirs in pairs if theirs) if pairs and any(y for _, y in pairs) else None


def report(samples: Samples, facts: dict[str, str]) -> str:
    """Return the page in Markdown."""
    lines = ["# Speed of the runtime: results", ""]
    lines += [f"- {name}: {text}" for name, text in facts.items()]
    lines += ["", "Medians over the rounds; a ratio is the median of the ratios within each round.", ""]
    lines += ["## Targets", "", "| what | ours | against | theirs | ratio | target | verdict |"]
    lines += ["|---|--:|---|--:|--:|--:|---|"]
    lines += [line for target in TARGETS if (line := _verdict(samples, target))]
    names = [peer.name for peer in PEERS]
    lines += ["", "## Figures", "", f"| what | unit | {' | '.join(names)} |", f"|---|---|{'--:|' * len(names)}"]
    for section in SECTIONS:
        if section.source in samples:
            cells = [_figure(samples, section, name) for name in names]
            lines.append(f"| {section.title} | {section.unit} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _verdict(samples: Samples, target: Target) -> str:
    section = _SECTIONS[target.section]
    ours = values(samples, section, OURS)
    if not ours:
        return ""
    what = f"{section.title.replace('…', _SECTIONS[section.source].title + ':')} ({section.unit})"
    if target.kind == "value":
        worst = max(ours)
        met = worst <= target.limit
        return f"| {what} | {_number(worst)} | – | – | – | ≤ {target.limit:g} | {_word(met)} |"
    rivals = {name: found for name in target.against if (found := ratio(samples, section, OURS, name)) is not None}
    if not rivals:
        return ""
    name = max(rivals, key=lambda name: rivals[name])
    theirs = _figure(samples, section, name)
    if target.kind == "at most":
        met, shown, aim = rivals[name] <= target.limit, f"{rivals[name]:.2f} ×", f"≤ {target.limit:g} ×"
    else:
        quicker = 1 / rivals[name]
        met, shown, aim = quicker >= target.limit, f"{quicker:.1f} × quicker", f"≥ {target.limit:g} × quicker"
    return f"| {what} | {_number(median(ours))} | {name} | {theirs} | {shown} | {aim} | {_word(met)} |"


def _figure(samples: Samples, section: Section, peer: str) -> str:
    found = values(samples, section, peer)
    return _number(median(found)) if found else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:.3g}"


def _word(met: bool) -> str:
    return "met" if met else "**missed**"


def relative(samples: Samples, section: Section) -> dict[str, float]:
    """Return each peer's figure as a multiple of the bare library's."""
    found = {peer.name: ratio(samples, section, peer.name, BARE) for peer in PEERS}
    return {name: value for name, value in found.items() if value is not None}
