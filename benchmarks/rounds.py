"""What stopping on the scored rows would have claimed.

    python benchmarks/rounds.py RUN [RUN …]

For every candidate of finished runs: the mean held-out loss over folds when each fold takes the
best round of its own curve, and when it takes that of the other folds' mean curve (what a run
does).
"""

import sys
from pathlib import Path

import numpy as np

from automl_cli.train.rounds import choose_rounds


def main() -> None:
    """Print one line a candidate."""
    print("| run | candidate | own curve | other folds' curves | optimism % |")
    print("|---|---|---|---|---|")
    for run in map(Path, sys.argv[1:]):
        for candidate in sorted((run / "units").iterdir()):
            paths = sorted(candidate.glob("fold-*[0-9]/curve.npy"))
            if len(paths) < 2:
                continue
            curves = [np.load(path) for path in paths]
            rounds = choose_rounds(curves, [0] * len(curves))
            own = np.mean([curve.min() for curve in curves])
            others = np.mean([curve[n - 1] for curve, n in zip(curves, rounds, strict=True)])
            print(
                f"| {run.parent.name} | {candidate.name} | {own:.6g} | {others:.6g} | "
                f"{100 * (others - own) / others:.3f} |"
            )


if __name__ == "__main__":
    main()
