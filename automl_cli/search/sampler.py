"""Settings of one model, asked of Optuna in batches of fixed size.

The sampler is newly seeded for each batch and is told the losses of a batch in the order of its
trials. So a study depends on nothing but its losses: a repeated command finds finished fits,
replays the study and goes on as if it had never been interrupted.
"""

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl_cli.core.keys import make_seed
from automl_cli.search.space import SearchSpace, Setting
from automl_cli.store import replaced

if TYPE_CHECKING:
    import optuna

    from automl_cli.core.candidate import ParamValue

BATCH = 4  # trials that are asked for together
N_RANDOM = 10  # trials, the first settings included, before the sampler learns from them


@dataclass(slots=True)
class Sampler:
    """The study of one model.

    Parameters
    ----------
    space
        What may be set.
    seed
        Of the run.
    trials
        The most settings that are asked for.
    study
        Optuna's study, made with the first question.
    asked
        All trials so far.
    """

    space: SearchSpace
    seed: int
    trials: int
    study: "optuna.Study"
    asked: list["optuna.Trial"] = field(default_factory=list)

    @property
    def is_exhausted(self) -> bool:
        """Whether all trials were asked for."""
        return len(self.asked) >= self.trials

    def draw(self) -> list[Setting]:
        """Return the next batch of settings; empty if all were asked for."""
        import optuna

        n_trials = min(BATCH, self.trials - len(self.asked))
        seed = make_seed(self.seed, "search", self.space.model.name, len(self.asked))
        with _quiet():
            self.study.sampler = optuna.samplers.TPESampler(
                seed=seed, multivariate=True, constant_liar=True, n_startup_trials=N_RANDOM
            )
            trials = [self.study.ask() for _ in range(n_trials)]
            settings = [_draw(self.space, trial) for trial in trials]
        self.asked += trials
        return settings

    def record(self, number: int, loss: float | None) -> None:
        """Record the loss of a setting, by its number among all; None: it failed."""
        import optuna

        with _quiet():
            if loss is None:
                self.study.tell(self.asked[number], state=optuna.trial.TrialState.FAIL)
            else:
                self.study.tell(self.asked[number], loss)

    def write(self, path: Path, facts: Sequence[Mapping[str, Any]]) -> None:
        """Write the study for optuna-dashboard, with facts on each trial; nothing reads it here.

        Raises
        ------
        RunError
            If it cannot be written.
        """
        import optuna
        from optuna.storages import JournalStorage

        trials = self.study.trials[: len(self.asked)]  # others are settings whose turn has not come
        for trial, known in zip(trials, facts, strict=True):
            trial.user_attrs = dict(known)
        lines = _Lines()
        with _quiet():
            storage = JournalStorage(lines)  # type: ignore[arg-type]  # has all that a journal needs
            study = optuna.create_study(study_name=self.study.study_name, storage=storage)
            study.add_trials(trials)
        with replaced(path) as beside:
            beside.write_text("".join(f"{json.dumps(log)}\n" for log in lines.logs), "utf-8")


def make_sampler(
    space: SearchSpace, first: Sequence[Setting], *, seed: int, trials: int
) -> Sampler:
    """Return a sampler that has not been asked.

    Parameters
    ----------
    space
        What may be set.
    first
        The settings to begin with.
    seed
        Of the run.
    trials
        The most settings that are asked for.
    """
    import optuna

    with _quiet():
        study = optuna.create_study(study_name=space.model.name)
        for setting in first:
            study.enqueue_trial(_flatten(space, setting))
    return Sampler(space, seed, trials, study)


def _flatten(space: SearchSpace, setting: Setting) -> dict[str, Any]:
    params: dict[str, Any] = {
        _switch(group): list(tops).index(setting.tops.get(group, 0))
        for group, tops in space.tops.items()
    }
    params |= {own.name: setting.params[own.name] for own in space.ranges}
    return params | ({"way": setting.way} if len(space.ways) > 1 else {})


def _draw(space: SearchSpace, trial: "optuna.Trial") -> Setting:
    tops = {
        group: tops[trial.suggest_int(_switch(group), 0, len(tops) - 1)]
        for group, tops in space.tops.items()
    }
    params: dict[str, ParamValue] = {}
    for own in space.ranges:
        if isinstance(own.low, int) and isinstance(own.high, int):
            params[own.name] = trial.suggest_int(own.name, own.low, own.high, log=own.log)
        else:
            params[own.name] = trial.suggest_float(own.name, own.low, own.high, log=own.log)
    way = space.ways[0]
    if len(space.ways) > 1:
        way = trial.suggest_categorical("way", space.ways)
    return Setting(params=params, tops=tops, way=way)


def _switch(group: str) -> str:
    return f"top_{group}"


@dataclass(slots=True)
class _Lines:
    """The lines of a journal in memory: Optuna's own file is synced to disk after each of them."""

    logs: list[dict[str, Any]] = field(default_factory=list)

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:
        """Return the lines from this one on."""
        return iter(self.logs[log_number_from:])

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Add lines."""
        self.logs += logs


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna from reporting each trial, and from calling settled features experimental."""
    import optuna

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)
