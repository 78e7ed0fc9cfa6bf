"""The stages of one problem: a first candidate, the screen, the candidates, the search, the blend.

for solution in pursue(task, crew):
    ...  # each better than the one before
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import Candidate, CandidateSpec, FeatureRecipe
from automl_cli.core.dataset import Column
from automl_cli.core.deadline import Deadline
from automl_cli.core.events import Event, JsonValue, emit_stage
from automl_cli.core.keys import make_array_key
from automl_cli.core.problem import Problem
from automl_cli.features.state import FeatureSet
from automl_cli.models import MODELS
from automl_cli.models.description import describe_candidate
from automl_cli.planning.original import OriginalComparison, compare_original
from automl_cli.planning.plan import is_screened, make_plain
from automl_cli.planning.tuning import FINER, Workshop, choose_settings, make_candidate, make_quests
from automl_cli.run.solve import (
    WRITE_SECONDS,
    Assembly,
    Solution,
    collect_solutions,
    make_blended_solution,
    solve,
)
from automl_cli.train.choice import choose_candidate
from automl_cli.train.collect import load_candidate, load_finished
from automl_cli.train.order import Crew
from automl_cli.train.pace import make_pace
from automl_cli.train.screened import Screened, screen_features
from automl_cli.train.screening import Screening
from automl_cli.train.search import Quest, search
from automl_cli.train.trials import Board, leave_judges_out

SCREEN_SHARE = 0.15  # of the time left that screening may take
SEARCH_SHARE = 0.75  # of the time left after the candidates that the search of all models may take
MOST_SEARCHED = 0.75  # of the time after the screen, however large the search's own budget is
LEAST_SEARCH = 12.0  # seconds for a model
N_FINER = 2  # settings of each model that are fitted again with a finer learning rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    """One problem and how it is to be solved.

    Parameters
    ----------
    problem
        The target.
    specs
        The candidates, the first to be tried first; it has no screened steps if others have.
    plain_sets
        For each recipe without screened steps where its features lie.
    data_key
        Key of the data set.
    columns
        The feature columns.
    transductive
        Whether features are fitted on test rows as well.
    config
        Everything the user has said.
    original
        What a row of the original data set would count; 0: none may be trained on.
    """

    problem: Problem
    specs: Sequence[CandidateSpec]
    plain_sets: Mapping[FeatureRecipe, FeatureSet]
    data_key: str
    columns: tuple[Column, ...]
    transductive: bool
    config: RunConfig
    original: float = 0.0


@dataclass(slots=True)
class _Progress:
    """What the stages hand on."""

    known: dict[str, Candidate] = field(default_factory=dict)
    finer: dict[CandidateSpec, FeatureSet] = field(default_factory=dict)


def begin(task: Undertaking, crew: Crew) -> Iterator[Solution]:
    """Yield the solution of the first candidate."""
    emit_stage(crew.listener, "first candidate")
    first = task.specs[0]
    yield from solve(task.problem, [first], {first.key: task.plain_sets[first.recipe]}, crew)


def pursue(task: Undertaking, crew: Crew) -> Iterator[Solution]:
    """Yield each solution that is better than the one before, last of all the ensemble's."""
    progress = _Progress()
    if any(is_screened(spec) for spec in task.specs) or task.config.search.trials or task.original:
        yield from begin(task, crew)
    if task.original:
        task = yield from _weigh_original(task, crew)
    screened = _screen(task, crew)
    planned = _settle(task, screened)
    yield from _fit_planned(task, planned, _leave_search(task, crew))
    _report_original(task, planned, crew)
    progress.known |= load_finished(crew.run, task.problem.target.name)
    yield from _search(task, screened, progress, crew)
    if progress.finer:
        yield from _fit_planned(task, progress.finer, crew)
    # All that is there: what an earlier command had time to search and this one has not, too.
    finished = load_finished(crew.run, task.problem.target.name)
    if finished:
        emit_stage(crew.listener, "blending")
        yield make_blended_solution(task.problem, finished, _assemble(task, crew), crew)


def _weigh_original(task: Undertaking, crew: Crew) -> Generator[Solution, None, Undertaking]:
    """Fit the first candidate on the rows of the original data set too; plan the better way.

    The first full candidate is planned both ways: a small one may err, and a blend can take both.
    """
    first = task.specs[0]
    learned = replace(first, original=task.original)
    yield from solve(task.problem, [learned], {learned.key: task.plain_sets[first.recipe]}, crew)
    compared = _compare_original(task, first, crew)
    weight = task.original if compared is not None and compared.is_better else 0.0
    specs = [replace(spec, original=weight) for spec in task.specs]
    if compared is not None and len(specs) > 1:
        specs.insert(2, replace(specs[1], original=task.original - weight))
    return replace(task, specs=specs, original=weight)


def _report_original(
    task: Undertaking, planned: Mapping[CandidateSpec, FeatureSet], crew: Crew
) -> None:
    """Tell what the rows of the original data set have brought to the first full candidate."""
    for spec in planned:
        if spec.original and replace(spec, original=0.0) in planned:
            _compare_original(task, replace(spec, original=0.0), crew, spec.original)


def _compare_original(
    task: Undertaking, plain: CandidateSpec, crew: Crew, weight: float | None = None
) -> OriginalComparison | None:
    """Tell and return what the rows of the original data set have brought to a candidate."""
    learned = replace(plain, original=task.original if weight is None else weight)
    found = [load_candidate(crew.run, spec) for spec in (learned, plain)]
    if found[0] is None or found[1] is None:
        return None
    compared = compare_original(task.problem, found[0], found[1])
    fields: dict[str, JsonValue] = {"target": task.problem.target.name, "key": learned.key}
    crew.listener(Event(kind="original", fields=fields | asdict(compared)))
    return compared


def _leave_search(task: Undertaking, crew: Crew) -> Crew:
    """Return the crew with an earlier end of its fits, if the search has a budget of its own."""
    given = task.config.search.budget
    if given is None or not task.config.search.trials or not crew.pace.is_limited:
        return crew
    given = min(given, MOST_SEARCHED * max(0.0, crew.pace.fits_end.seconds_left()))
    pace = replace(
        crew.pace,
        fits_end=crew.pace.fits_end.earlier(given),
        work_end=crew.pace.work_end.earlier(given),
    )
    return replace(crew, pace=pace)


def _fit_planned(
    task: Undertaking, planned: Mapping[CandidateSpec, FeatureSet], crew: Crew
) -> Iterator[Solution]:
    sets = {spec.key: feature_set for spec, feature_set in planned.items()}
    finished: list[JsonValue] = [key for key in sets if crew.run.candidate(key).exists()]
    fields: dict[str, JsonValue] = {"candidates": list(sets), "finished": finished}
    fitted_task = task.problem.fitted_task
    fields["descriptions"] = {spec.key: describe_candidate(spec, fitted_task) for spec in planned}
    crew.listener(Event(kind="planned", fields=fields))
    yield from solve(task.problem, tuple(planned), sets, crew)


def _assemble(task: Undertaking, crew: Crew) -> Assembly:
    is_searched = crew.run.studies(task.problem.target.name).exists()
    return Assembly(
        combiners=task.config.ensemble.combiners,
        max_members=task.config.ensemble.max_members,
        scored_on=leave_judges_out(task.problem.folds) if is_searched else None,
        is_late=crew.pace.deadline.earlier(WRITE_SECONDS).seconds_left() <= 0,
    )


def _screen(task: Undertaking, crew: Crew) -> Screened | None:
    """Screen all steps that candidates want; None if there are none or the base is missing."""
    wanted = [step for spec in task.specs for step in spec.recipe if step.top is not None]
    base = task.specs[0]
    known = load_candidate(crew.run, base)
    if not wanted or known is None:
        return None
    screening = Screening(
        run=str(crew.run.root),
        data_key=task.data_key,
        transductive=task.transductive,
        base=base,
        base_key=make_array_key(known.oof),
        steps=tuple(dict.fromkeys(replace(step, top=0) for step in wanted)),
        rate=task.config.features.false_discovery_rate,
        second_opinion=task.config.features.screen == "null_importance",
    )
    emit_stage(crew.listener, "screening")
    left = crew.pace.fits_end.seconds_left()
    return screen_features(screening, crew, Deadline.after(SCREEN_SHARE * left))


def _search(
    task: Undertaking, screened: Screened | None, progress: _Progress, crew: Crew
) -> Iterator[Solution]:
    """Search each model's own feature set, in turn, and plan the best of them anew."""
    workshop = Workshop(
        problem=task.problem,
        config=task.config,
        columns=task.columns,
        screened=screened,
        plain_sets=task.plain_sets,
        original=task.original,
    )
    ends = _find_end(task, crew)
    quests = make_quests(workshop, crew.run.studies(task.problem.target.name))
    if crew.pace.is_limited:  # a short search finds nothing, and what it takes is missing elsewhere
        n_wanted = len(quests)
        quests = quests[: max(0, int(ends.seconds_left() // LEAST_SEARCH))]
        if not quests and n_wanted:
            told = "no search: the candidates left too little time for it"
            crew.listener(Event(kind="warning", fields={"message": told}))
    for number, quest in enumerate(quests):
        emit_stage(crew.listener, f"search of {quest.model.name}")
        share = ends.seconds_left() / (len(quests) - number)
        pace = make_pace(Deadline.after(share), reserve_seconds=0, workers=crew.pace.workers)
        board = Board(task.problem, replace(crew, pace=pace))
        yield from collect_solutions(task.problem, search(quest, board), progress.known, crew)
        if board.entries:
            _report(quest, board, crew)
        model = MODELS.get(quest.model.name)
        for setting in choose_settings(board, N_FINER if model.search_rate else 0):
            spec, feature_set = make_candidate(workshop, model, setting, FINER)
            progress.finer[spec] = feature_set


def _find_end(task: Undertaking, crew: Crew) -> Deadline:
    left = crew.pace.fits_end.seconds_left()
    given = task.config.search.budget
    return Deadline.after(SEARCH_SHARE * left if given is None else min(given, left))


def _report(quest: Quest, board: Board, crew: Crew) -> None:
    """Tell what the search of a model has come to."""
    whole = [entry.candidate for entry in board.entries if entry.candidate is not None]
    fields: dict[str, JsonValue] = {
        "target": board.problem.target.name,
        "model": quest.model.name,
        "trials": len(board.entries),
        "whole": len(whole),
    }
    if whole:
        choice = choose_candidate(board.problem, whole)
        best = next(e for e in board.entries if e.candidate and e.candidate.spec.key == choice.best)
        fields |= {
            "best": choice.best,
            "score": choice.score,
            "score_se": choice.score_se,
            "naive": choice.naive,
            "tops": dict(best.setting.tops),
            "way": best.setting.way,
            "params": dict(best.setting.params),
        }
    crew.listener(Event(kind="searched", fields=fields))


def _settle(task: Undertaking, screened: Screened | None) -> dict[CandidateSpec, FeatureSet]:
    """Return the candidates with the columns that the screen gives them, without repetitions."""
    settled = {}
    for spec in task.specs:
        if is_screened(spec) and screened is not None:
            own, feature_set = screened.resolve(spec)
        else:
            own = make_plain(spec)
            feature_set = task.plain_sets[own.recipe]
        settled[own] = feature_set
    return settled
