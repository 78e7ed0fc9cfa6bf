"""States of a planner, made of plain numbers."""

from dataclasses import replace

from automl_cli.search.state import Action, ArmState, Explore, StudyState, TrialState

TRIAL = TrialState(
    key="a-1", model="a", source="planned", n_folds=1, wanted=1, fold_seconds=1.0, loss=0.5
)
# What others are compared with; it says nothing of the models.
BASELINE = replace(TRIAL, key="z", model="z", source="finer", n_folds=10, wanted=10)
OTHER = replace(TRIAL, key="b-0", model="b")  # so that every model was tried
ARMS = (
    ArmState(model="a", n_left=9, fold_seconds=1.0),
    ArmState(model="b", n_left=9, fold_seconds=1.0),
)


def make_state(
    *trials: TrialState,
    arms: tuple[ArmState, ...] = ARMS,
    left: float = 90.0,
    total: float = 100.0,
    lead: str = "",
    baselines: tuple[TrialState, ...] = (BASELINE,),
) -> StudyState:
    return StudyState(
        rungs=(1, 5, 10),
        n_blended=5,
        trials=(*baselines, *trials),
        arms=arms,
        lead=lead,
        best_way="",
        is_settled=True,
        workers=1,
        seconds_left=left,
        seconds_total=total,
    )


def explored(action: Action) -> str:
    assert isinstance(action, Explore), action
    return action.model
