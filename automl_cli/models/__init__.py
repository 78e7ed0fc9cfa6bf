"""Models as functions over a fit job; the table MODELS."""

from automl_cli.core.model import ModelSpec
from automl_cli.core.registry import Registry
from automl_cli.models import (
    catboost,
    forest,
    kernel,
    lightgbm,
    linear,
    mlp,
    neighbours,
    xgboost,
)

MODELS: Registry[ModelSpec] = Registry(
    "models",
    {
        "lightgbm": lightgbm.SPEC,
        "catboost": catboost.SPEC,
        "xgboost": xgboost.SPEC,
        "linear": linear.SPEC,
        "extra_trees": forest.SPEC,
        "mlp": mlp.SPEC,
        "neighbours": neighbours.SPEC,
        "kernel": kernel.SPEC,
    },
)
