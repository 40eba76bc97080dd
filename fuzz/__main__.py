"""Run fuzz targets: `python -m fuzz [TARGET ...] [--seconds N]`, or one property `--coverage` by atheris."""

from __future__ import annotations

import argparse

from .check import TARGETS, by_coverage, checks, has_atheris, run_for


def main() -> None:
    """Check each property of the targets in turn; the first failure ends the run with its smallest example."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS) + "; all if none is named")
    parser.add_argument("--seconds", type=float, default=60, help="how long to try each promise (60)")
    parser.add_argument("--coverage", metavar="PROMISE", help="one promise of one target, by atheris, until it breaks")
    options, rest = parser.parse_known_args()
    unknown = set(options.targets) - set(TARGETS)
    if unknown:
        parser.error(f"there is no target {', '.join(sorted(unknown))}: choose from {', '.join(TARGETS)}")
    for target in options.targets or TARGETS:
        for check in checks(target):
            if options.coverage == check.name:
                if not has_atheris():
                    parser.error("--coverage needs atheris: `pip install atheris`, or leave it out for Hypothesis")
                by_coverage(check, rest)
            elif options.coverage is None:
                print(f"{target} {check.name}: {run_for(check, options.seconds):,} examples", flush=True)


if __name__ == "__main__":
    main()
