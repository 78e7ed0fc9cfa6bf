"""AutoML for tabular competitions: from train.csv to a leak-free submission.csv.

Examples
--------
In a script or a notebook (no ``__main__`` guard is needed)::

    import automl_cli

    summary = automl_cli.fit("train.csv", preset="fast", overrides=["metric=roc_auc"])
    print(summary["submission"], summary["score"])
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from automl_cli.config.load import LoadedConfig

__version__ = "0.1.0"
__all__ = ["__version__", "fit", "load_config"]


def fit(
    *paths: str | Path,
    config: "str | Path | LoadedConfig | None" = None,
    preset: str | None = None,
    overrides: Sequence[str] = (),
    out: str | Path | None = None,
    submission: str | Path | None = None,
) -> dict[str, Any]:
    """Do what ``automl fit`` does; return what ``--json`` prints.

    Parameters
    ----------
    *paths
        A competition's folder, or train and perhaps test.
    config
        A YAML file, or what `load_config` returned.
    preset
        What to start from: smoke, fast, medium or best. Not with a config that is loaded.
    overrides
        Texts such as ``"models.catboost.depth=8"``, as for ``--set``. Not with a loaded one.
    out
        The run directory; by default ``runs/NAME-KEY``.
    submission
        A further place for the submission.

    Raises
    ------
    automl_cli.core.errors.AutomlError
        For whatever the caller can mend; its hint says how.
    """
    from automl_cli.commands.fit import fit as run_fit
    from automl_cli.config.load import LoadedConfig
    from automl_cli.core.errors import ConfigError
    from automl_cli.run.session import FitRequest

    if not isinstance(config, LoadedConfig):
        config = load_config(config, preset=preset, overrides=overrides)
    elif preset is not None or overrides:
        raise ConfigError(
            "fit: config is loaded already; preset and overrides would change nothing.",
            hint="Give preset and overrides to load_config.",
        )
    request = FitRequest(
        paths=tuple(Path(path) for path in paths),
        loaded=config,
        started_at=time.time(),
        out=None if out is None else Path(out),
        submission=None if submission is None else Path(submission),
    )
    return run_fit(request, lambda _event: None)


def load_config(
    path: str | Path | None = None, *, preset: str | None = None, overrides: Sequence[str] = ()
) -> "LoadedConfig":
    """Read a config as ``automl fit -c`` does; every mistake is reported at once."""
    from automl_cli.config.load import load_config as read_config

    return read_config(None if path is None else Path(path), preset=preset, overrides=overrides)
