"""The search for each model's own feature set and parameters, with Optuna.

    for outcome in search(quest, board):
        ...  # a Trial for each setting on one fold, Candidates of the best on all

The parent asks and tells in batches of fixed size, whatever the workers, with a sampler newly
seeded for each batch, and tells results in the order of trials. So a study depends on nothing but
its losses: a repeated command finds finished fits, replays the study and goes on as if it had
never been interrupted. The sampler sees the loss on the first fold, the same for all settings, so
that settings are compared on the same rows.
"""

import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl_cli.core.candidate import CandidateSpec, ParamValue
from automl_cli.core.keys import make_seed
from automl_cli.core.model import ModelSpec, Range
from automl_cli.features.state import FeatureSet
from automl_cli.store import replaced
from automl_cli.train.order import Outcome
from automl_cli.train.trials import Board, Entry, Setting

if TYPE_CHECKING:
    import optuna

BATCH = 4  # trials that are asked for together
N_RANDOM = 10  # trials, the first settings included, before the sampler learns from them
TOPS = (0, 10, 30, 100, 300)  # columns that a group may give, if the user names no number


@dataclass(frozen=True, slots=True, kw_only=True)
class Quest:
    """What is searched for one model.

    Parameters
    ----------
    model
        Whose parameters are set.
    space
        Its parameters that may be set.
    tops
        For each group of generated columns how many it may give, ascending from 0: switched off.
    ways
        The names of the ways in which columns may be handed over.
    settle
        Makes the candidate of a setting, and says where its features lie.
    first
        The settings to begin with.
    trials
        How many settings are tried.
    seed
        Of the run.
    journal
        The file in which optuna-dashboard reads the study.
    """

    model: ModelSpec
    space: Sequence[Range]
    tops: Mapping[str, Sequence[int]]
    ways: tuple[str, ...]
    settle: Callable[[Setting], tuple[CandidateSpec, FeatureSet]]
    first: Sequence[Setting]
    trials: int
    seed: int
    journal: Path


def search(quest: Quest, board: Board) -> Iterator[Outcome]:
    """Try settings; yield what comes of each on one fold, and of the best on more.

    Parameters
    ----------
    quest
        What is searched.
    board
        An empty one, whose crew works; the search ends when its time would not do for more. It
        holds all settings afterwards.

    Raises
    ------
    RunError
        If the journal cannot be written.
    """
    study = _make_study(quest)
    for start in range(0, quest.trials, BATCH):
        n_trials = min(BATCH, quest.trials - start)
        if not board.has_time_for(n_trials):
            break
        yield from _try_batch(quest, board, study, n_trials)
        yield from board.promote()
        _write_journal(quest, board, study)
    yield from board.finish()
    if board.entries:
        _write_journal(quest, board, study)


def _make_study(quest: Quest) -> "optuna.Study":
    import optuna

    with _quiet():
        study = optuna.create_study(study_name=quest.model.name)
    for setting in quest.first:
        params: dict[str, Any] = {
            **{
                _switch(group): list(tops).index(setting.tops.get(group, 0))
                for group, tops in quest.tops.items()
            },
            **{own.name: setting.params[own.name] for own in quest.space},
        }
        if len(quest.ways) > 1:
            params["way"] = setting.way
        with _quiet():
            study.enqueue_trial(params)
    return study


def _try_batch(
    quest: Quest, board: Board, study: "optuna.Study", n_trials: int
) -> Iterator[Outcome]:
    import optuna

    seed = make_seed(quest.seed, "search", quest.model.name, len(board.entries))
    with _quiet():
        study.sampler = optuna.samplers.TPESampler(
            seed=seed, multivariate=True, constant_liar=True, n_startup_trials=N_RANDOM
        )
        trials = [study.ask() for _ in range(n_trials)]
        entries = [_make_entry(quest, trial) for trial in trials]
    board.entries += entries
    yield from board.evaluate(entries, 1)
    with _quiet():
        for trial, entry in zip(trials, entries, strict=True):
            if entry.trial is None:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(trial, entry.loss(1))


def _make_entry(quest: Quest, trial: "optuna.Trial") -> Entry:
    tops = {
        group: tops[trial.suggest_int(_switch(group), 0, len(tops) - 1)]
        for group, tops in quest.tops.items()
    }
    params: dict[str, ParamValue] = {}
    for own in quest.space:
        if isinstance(own.low, int) and isinstance(own.high, int):
            params[own.name] = trial.suggest_int(own.name, own.low, own.high, log=own.log)
        else:
            params[own.name] = trial.suggest_float(own.name, own.low, own.high, log=own.log)
    way = quest.ways[0]
    if len(quest.ways) > 1:
        way = trial.suggest_categorical("way", quest.ways)
    setting = Setting(params=params, tops=tops, way=way)
    spec, feature_set = quest.settle(setting)
    return Entry(number=trial.number, setting=setting, spec=spec, feature_set=feature_set)


def _switch(group: str) -> str:
    return f"top_{group}"


def _write_journal(quest: Quest, board: Board, study: "optuna.Study") -> None:
    """Write the study so far for optuna-dashboard; nothing ever reads it here."""
    import optuna
    from optuna.storages import JournalStorage

    trials = study.trials[: len(board.entries)]  # others are settings whose turn has not come
    for trial, entry in zip(trials, board.entries, strict=True):
        facts = {"key": entry.spec.key, "folds": entry.n_folds, "dropped": entry.dropped}
        trial.user_attrs = facts
    lines = _Lines()
    with _quiet():
        storage = JournalStorage(lines)  # type: ignore[arg-type]  # has all that a journal needs
        optuna.create_study(study_name=study.study_name, storage=storage).add_trials(trials)
    with replaced(quest.journal) as beside:
        beside.write_text("".join(f"{json.dumps(log)}\n" for log in lines.logs), encoding="utf-8")


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
