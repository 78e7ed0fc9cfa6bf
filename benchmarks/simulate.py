"""Planners played against each other, without fitting anything.

    automl fit DATA --set budget=null --set validation.holdout=0.35 --out RUN
    python benchmarks/simulate.py RUN … --plays 20 --save before.json
    python benchmarks/simulate.py RUN … --plays 20 --set EXPLORED=0.8 --against before.json

The candidates of a run without a clock have every fold, with the seconds that each took. A play is
a `Study` under a clock that these seconds move on: it begins candidates of the run, in its order
or, from the second play on, in a random one, and what it ends with is blended and scored on the
rows that the run held out. Budgets are shares of the time in which everything could be fitted.
Prints the mean loss of each run and budget over the plays, in per cent above the blend of all, and
with `--against` the paired difference to another set of plays.

What is not played: trials of sizes and ways, settings of samplers (all candidates are of the list),
and what a larger learning rate costs: a fold may take as little as the largest one allows, and
predicts as if it had taken its time.
"""

import argparse
import heapq
import json
import math
import random
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
from constants import set_constant
from library import Library

from automl_cli.config.load import load_config
from automl_cli.core.candidate import Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.resampling import thin_rows
from automl_cli.decision.losses import row_losses
from automl_cli.ensemble.combiners import COMBINERS
from automl_cli.ensemble.levels import choose_level, list_members
from automl_cli.features.state import FeatureSet
from automl_cli.search import gains
from automl_cli.search.factory import CandidateFactory
from automl_cli.search.point import Point
from automl_cli.search.queue import CandidateQueue
from automl_cli.search.state import ArmState
from automl_cli.search.study import Study
from automl_cli.search.ways import WaysVerdict
from automl_cli.store import RunDirectory
from automl_cli.train.execution import Execution
from automl_cli.train.proposal import Outcome, Proposal, Skipped
from automl_cli.train.time_budget import TimeBudget

Plays: TypeAlias = Mapping[str, Mapping[str, Sequence[float]]]  # by run and share

WORKERS = 2
SHARES = (0.03, 0.1, 0.3)  # of the time in which everything could be fitted
MOST_ROWS = 5_000  # by which candidates are weighed: hundreds of plays have to end
OVERHEAD = 0.05  # seconds between a proposal and its first fit
LEAST_SECONDS = 0.5  # left for a fit to be begun


@dataclass(slots=True)
class Clock:
    """The seconds of a play."""

    now: float = 0.0


@dataclass(frozen=True)
class PlayedDeadline(Deadline):
    """A deadline on the clock of a play."""

    clock: Clock = field(default_factory=Clock)

    def seconds_left(self) -> float:
        """Return the seconds until the deadline."""
        return math.inf if self.ends_at is None else self.ends_at - self.clock.now


@dataclass(slots=True)
class StoredQueue(CandidateQueue):
    """Candidates of a library, in some order."""

    library: Library = field(default_factory=lambda: Library(Path()))

    def list_arms(self, *_: object, **__: object) -> tuple[ArmState, ...]:
        """Return the models with what they have left."""
        return tuple(self._describe_stored(model) for model in self.planned)

    def take(self, model: str, *_: object) -> Point | None:
        """Return the next candidate of a model."""
        while self.planned[model]:
            spec = self.planned[model].popleft()
            if spec.key not in self.taken:
                self.taken.add(spec.key)
                return Point(spec=spec, feature_set=FeatureSet(()), source="planned")
        return None

    def _describe_stored(self, model: str) -> ArmState:
        waiting = self.planned[model]
        if not waiting:
            return ArmState(model=model, n_left=0)
        seconds = self.library.fold_seconds(waiting[0].key)
        return ArmState(
            model=model,
            n_left=len(waiting),
            fold_seconds=seconds,
            least_seconds=seconds * self.library.least_share(waiting[0].key),
            is_listed=True,
            position=self._find_position(model),
        )


@dataclass(slots=True)
class Play:
    """One study of a library under a clock."""

    library: Library
    study: Study
    clock: Clock
    active: list["PlayedCandidate"] = field(default_factory=list)
    running: list[tuple[float, int, "PlayedCandidate"]] = field(default_factory=list)

    def run(self) -> Mapping[str, Candidate]:
        """Return the candidates that are there when time is up."""
        started = 0
        while True:
            while len(self.running) < WORKERS:
                one = next((one for one in self.active if one.is_waiting), None)
                if one is None:
                    proposal = self.study.propose()
                    self.clock.now += OVERHEAD
                    if proposal is None:
                        break
                    n_done = self.study.trials[proposal.spec.key].n_folds
                    self.active.append(PlayedCandidate(proposal, begun=n_done, n_done=n_done))
                    continue
                started += 1
                self._start(one, started)
            if not self.running:
                return self.study.candidates
            self._finish(*heapq.heappop(self.running))

    def _start(self, one: "PlayedCandidate", number: int) -> None:
        if self.study.execution.time_budget.fits_end.seconds_left() < LEAST_SECONDS:
            one.is_late = True
            self._settle(one)
            return
        key, seconds = one.proposal.spec.key, self.library.seconds[one.proposal.spec.key][one.begun]
        wanted = one.proposal.slice_seconds or math.inf
        seconds = max(min(seconds, wanted), seconds * self.library.least_share(key))
        one.begun += 1
        heapq.heappush(self.running, (self.clock.now + seconds, number, one))

    def _finish(self, ends_at: float, _: int, one: "PlayedCandidate") -> None:
        self.clock.now = max(self.clock.now, ends_at)
        if self.study.execution.time_budget.fits_end.seconds_left() < 0:
            one.is_late = True  # the clock has cut it
            one.begun -= 1
        else:
            one.n_done += 1
        self._settle(one)

    def _settle(self, one: "PlayedCandidate") -> None:
        if one.begun > one.n_done or not (one.is_late or one.n_done >= one.proposal.n_folds):
            return
        self.active.remove(one)
        self.study.observe(self._make_outcome(one))

    def _make_outcome(self, one: "PlayedCandidate") -> Outcome:
        if not one.n_done:
            return Skipped(spec=one.proposal.spec, reason="late")
        return self.library.take(one.proposal.spec.key, one.n_done)


@dataclass(slots=True, eq=False)
class PlayedCandidate:
    """A proposal and how far it is."""

    proposal: Proposal
    begun: int = 0
    n_done: int = 0
    is_late: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether a fold may be begun; the first runs alone."""
        if self.is_late or self.begun >= self.proposal.n_folds:
            return False
        return self.n_done > 0 or self.begun == 0


def play(library: Library, share: float, seed: int) -> Mapping[str, Candidate]:
    """Return what a study has after a share of the time that all fits take."""
    clock = Clock()
    total = share * sum(map(sum, library.seconds.values())) / WORKERS
    ends = PlayedDeadline(total, clock)
    budget = TimeBudget(fits_end=ends, work_end=ends, deadline=ends, workers=WORKERS)
    execution = Execution(
        run=RunDirectory(library.root),
        executor=cast("Executor", None),
        time_budget=budget,
        listener=lambda _: None,
    )
    factory = CandidateFactory(
        problem=library.problem,
        config=load_config().config,
        columns=(),
        screened=None,
        plain_sets={},
    )
    specs = [one.spec for one in library.whole.values()]
    if seed:
        random.Random(seed).shuffle(specs)
    queue = StoredQueue(factory, tuple(specs), growth=1.0, library=library)
    for spec in specs:
        queue.planned.setdefault(spec.model, deque()).append(spec)
    queue.verdict = WaysVerdict(ranked=(("own", False),), worse=frozenset(), lost=frozenset())
    return Play(library, Study.begin(queue, execution), clock).run()


def measure(library: Library, candidates: Mapping[str, Candidate]) -> float:
    """Return the loss of a blend on the rows that were held out."""
    problem = library.problem
    level = choose_level(problem, candidates)
    own, members = problem.first_folds(level), list_members(candidates, level)
    rows = thin_rows(np.flatnonzero(own.folds.covered()), 4 * MOST_ROWS, problem.seed)
    greedy = COMBINERS.get("greedy" if len(members) > 1 else "best")
    state = greedy.fit(own, [one.oof for one in members], rows, Deadline(None))
    tests = [one.test for one in members if one.test is not None]
    blended = greedy.apply(state, tests)
    loss = float(row_losses(library.labels, blended, problem.objective).mean())
    return math.sqrt(loss) if problem.objective == "squared_error" else loss


def measure_plays(
    root: Path, options: argparse.Namespace, constants: Mapping[str, float]
) -> dict[str, list[float]]:
    """Return the losses of all plays of a library, in per cent above the blend of everything."""
    gains.MOST_ROWS = MOST_ROWS
    for name, value in constants.items():
        set_constant(name, value)
    library = Library(root, options.enough)
    n_folds = len(library.problem.folds)
    everything = measure(library, {key: library.take(key, n_folds) for key in library.whole})
    losses = {
        str(share): [measure(library, play(library, share, seed)) for seed in range(options.plays)]
        for share in options.shares
    }
    return {share: [100 * (one / everything - 1) for one in own] for share, own in losses.items()}


def main() -> None:
    """Play, print and store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--plays", type=int, default=20)
    parser.add_argument("--shares", nargs="+", type=float, default=SHARES)
    parser.add_argument("--set", nargs="+", default=[], help="constants of arms.py and policy.py")
    parser.add_argument("--save", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--enough", type=int, help="folds before others are tried")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    constants = {name: float(value) for name, value in (one.split("=") for one in options.set)}
    work = partial(measure_plays, options=options, constants=constants)
    names = [run.name for run in options.runs]
    with ProcessPoolExecutor(options.jobs) as executor:
        told = dict(zip(names, executor.map(work, options.runs), strict=True))
    if options.save:
        options.save.write_text(json.dumps(told))
    others = json.loads(options.against.read_text()) if options.against else {}
    print_table(told, others)


def print_table(told: Plays, others: Plays) -> None:
    """Print the mean of each run and budget, and its difference to others."""
    print("| run | share of the time | loss, % above all | difference |\n|---|---|---|---|")
    every: dict[str, list[float]] = {}
    for run, shares in told.items():
        for share, losses in shares.items():
            known = others.get(run, {}).get(share, [])
            differences = [one - other for one, other in zip(losses, known, strict=False)]
            every.setdefault(share, []).extend(differences)
            print(f"| {run} | {share} | {_show(losses)} | {_show(differences)} |")
    for share, differences in every.items():
        print(f"| all | {share} | | {_show(differences)} |")


def _show(values: Sequence[float]) -> str:
    if len(values) < 2:
        return ""
    return f"{np.mean(values):+.3f} ± {np.std(values, ddof=1) / math.sqrt(len(values)):.3f}"


if __name__ == "__main__":
    main()
