"""Names of other tools lead to ours, and to nothing that there is not."""

import pytest

from automl_cli.config.diagnosis import known_keys
from automl_cli.config.load import load_config
from automl_cli.core.errors import ConfigError, PlanError
from automl_cli.core.metric_names import METRIC_NAMES, normalise_name
from automl_cli.core.peers import KEYS, METRICS, MODELS, SPLITTERS, find_metric
from automl_cli.metrics import METRICS as OURS
from automl_cli.metrics import get_metric
from automl_cli.models import MODELS as OUR_MODELS
from automl_cli.splits import SPLITTERS as OUR_SPLITTERS


def test_every_hint_leads_to_something() -> None:
    keys = {".".join(map(str, key)) for key in known_keys()} | {"extends"}
    assert set(KEYS.values()) <= keys
    assert set(METRICS.values()) | set(METRIC_NAMES.values()) <= set(OURS)
    assert set(MODELS.values()) <= set(OUR_MODELS)
    assert set(SPLITTERS.values()) <= set(OUR_SPLITTERS)


def test_names_are_kept_as_they_are_looked_up_and_once() -> None:
    every = [*KEYS, *METRICS, *MODELS, *SPLITTERS, *METRIC_NAMES]
    assert [name for name in every if normalise_name(name) != name] == []
    assert set(METRICS) & set(METRIC_NAMES) == set()
    assert [name for name in METRICS if name in OURS] == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("acc", "accuracy"),
        ("quadratic_weighted_kappa", "qwk"),
        ("Quadratic Weighted Kappa", "qwk"),
        ("neg_log_loss", "log_loss"),
        ("neg_root_mean_squared_error", "rmse"),
        ("neg_mean_absolute_percentage_error", "mape"),
        ("auc", "roc_auc"),
        ("roc_auc_ovr_weighted", "roc_auc"),
        ("r2_score", "r2"),
        ("mean_absolute_error", "mae"),
        ("matthews_corrcoef", "mcc"),
        ("f1-macro", "f1_macro"),
        ("pearsonr", "pearson"),
        ("MAP@7", "map_at_7"),
    ],
)
def test_a_usual_spelling_of_a_metric_is_a_hint(name: str, meant: str) -> None:
    assert find_metric(name) == meant
    with pytest.raises(PlanError) as caught:
        get_metric(name)
    assert caught.value.message == f"{name!r}: no such metric."
    assert caught.value.hint.startswith(f"Did you mean {meant!r}? `automl list metrics` shows all ")


@pytest.mark.parametrize("name", ["f1_weighted", "nonsense", "MAP@K", "negative"])
def test_what_may_be_anything_is_no_hint(name: str) -> None:
    assert find_metric(name) is None


@pytest.mark.parametrize(
    ("name", "same"), [("RMSE", "rmse"), ("Roc_Auc", "roc_auc"), ("MAP_at_5", "map_at_5")]
)
def test_a_metric_may_be_spelled_in_any_case(name: str, same: str) -> None:
    assert get_metric(name).name == same


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ("preset: fast", "preset: no such key.", "Did you mean 'extends'? "),
        ("presets: best", "presets: no such key.", "Did you mean 'extends'? "),
        ("time_limit: 600", "time_limit: no such key.", "Did you mean 'budget'? "),
        ("eval_metric: mae", "eval_metric: no such key.", "Did you mean 'metric'? "),
        ("n_splits: 3", "n_splits: no such key.", "Did you mean 'validation.folds'? "),
        ("Metric: mae", "Metric: no such key.", "Did you mean 'metric'? "),
        (
            "validation: {n_splits: 3}",
            "validation.n_splits: no such key.",
            "Did you mean 'folds'? ",
        ),
        ("data: {label: y}", "data.label: no such key.", "Did you mean 'target'? "),
    ],
)
def test_a_usual_spelling_of_a_key_is_a_hint(
    tmp_path_factory: pytest.TempPathFactory, said: str, message: str, hint: str
) -> None:
    path = tmp_path_factory.mktemp("config") / "mine.yaml"
    path.write_text(f"{said}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert caught.value.message == f"{path}:1: {message}"
    assert caught.value.hint.startswith(f"{hint}Allowed here: ")
