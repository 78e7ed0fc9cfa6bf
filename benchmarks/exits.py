"""Whether commands end with their own exit codes on a loaded machine.

    python benchmarks/exits.py RUN FOLDER --times 300

RUN is a finished run and FOLDER its competition. Six commands at once beside as many processes
that burn time as there are processors; what came beside the expected exit code is printed.
"""

import argparse
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory

AT_ONCE = 6
BURN = "while True: pass"


def main() -> None:
    """Run every command so many times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--only", nargs="*", help="names of commands; all by default")
    asked = parser.parse_args()
    burners = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(cpu_count() or 1)]
    try:
        with TemporaryDirectory() as place:
            for name, words, expected in list_commands(asked.run, asked.folder):
                if asked.only and name not in asked.only:
                    continue
                codes = repeat(words, asked.times, Path(place))
                odd = {code: n for code, n in codes.items() if code != expected}
                told = f"{codes[expected]} of {asked.times} ended with {expected}"
                print(f"{name:20} {told}" + (f"; others: {odd}" if odd else ""), flush=True)
                if any(burner.poll() is not None for burner in burners):
                    sys.exit("a process that burns time has ended: the machine was not loaded")
    finally:
        for burner in burners:
            burner.kill()


def list_commands(run: Path, folder: Path) -> list[tuple[str, list[str], int]]:
    """Return the name of each command, its words, and its exit code."""
    return [
        ("check", ["check", str(run / "submission.csv"), str(run)], 0),
        ("check, refused", ["check", str(folder / "train.csv"), str(run)], 2),
        ("audit", ["audit", str(folder)], 0),
        ("leaderboard", ["leaderboard", str(run)], 0),
        ("list", ["list", "metrics"], 0),
        ("predict", ["predict", str(run), str(folder / "test.csv"), "--out", "OUT"], 0),
    ]


def repeat(words: list[str], times: int, place: Path) -> Counter[int]:
    """Return how often each exit code came."""

    def end(number: int) -> int:
        own = [str(place / f"{number}.csv") if word == "OUT" else word for word in words]
        done = subprocess.run(
            [sys.executable, "-m", "automl_cli", *own, *(["--force"] if "OUT" in words else [])],
            capture_output=True,
            check=False,
        )
        return done.returncode

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return Counter(threads.map(end, range(times)))


if __name__ == "__main__":
    main()
