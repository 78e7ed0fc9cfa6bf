"""What the original data set brings to a run.

    python benchmarks/original.py COMPETITIONS WORK BENCH --tasks playground-series-s3e3

Fits each competition (`--preset fast`, without a clock) alone, and with its `original.csv`.
Prints the cross-fitted scores, both on rows of the competition alone, what the first full candidate
gained, and by how much BENCH/score.py finds the test loss with it lower than without.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from competition import make_parser, read_metric, score

TASKS = ["playground-series-s3e3", "playground-series-s3e5", "playground-series-s3e26"]


def main() -> None:
    """Fit both ways and print."""
    parser = make_parser(__doc__, "competitions", "work", "bench")
    parser.set_defaults(tasks=TASKS)
    parser.add_argument("--set", nargs="*", default=[], help="further settings")
    options = parser.parse_args()
    print("| task | without | with | s.e. | first candidate | test loss, with less without |")
    print("|---|---|---|---|---|---|")
    for name in options.tasks:
        source, work = options.competitions / name, options.work / name
        runs = [work / "without", work / "with"]
        plain = fit(source, runs[0], *options.set)
        told = fit(source, runs[1], "data.original=original.csv", *options.set)
        brought = told["targets"][0]["original"]
        gained = (
            "not tried" if brought is None else f"{brought['gain']:+.2g} ± {brought['gain_se']:.2g}"
        )
        found = score(options.bench, source, *(run / "submission.csv" for run in runs))
        figures = f"{plain['score']:.5g} | {told['score']:.5g} | {plain['score_se']:.2g}"
        test = f"{found['difference']:+.2g} ± {found['se']:.2g}"
        print(f"| {name} | {figures} | {gained} | {test} |", flush=True)


def fit(source: Path, out: Path, *settings: str) -> dict[str, Any]:
    """Fit without a clock; return the summary."""
    words = [sys.executable, "-m", "automl_cli", "fit", source, "--metric", read_metric(source)]
    words += ["--preset", "fast", "--out", out, "--json", "-q"]
    words += [word for one in ("budget=null", *settings) for word in ("--set", one)]
    command = [str(word) for word in words]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(told))


if __name__ == "__main__":
    main()
