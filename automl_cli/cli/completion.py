"""Values that a shell completes: presets, metrics, and the folders of runs."""

from pathlib import Path

PRESETS = ("smoke", "fast", "medium", "best")
RUN_FILE = "run.json"  # what every run directory holds


def complete_preset(start: str) -> list[str]:
    """Return the presets that begin so.

    Examples
    --------
    >>> complete_preset("m")
    ['medium']
    """
    return [name for name in PRESETS if name.startswith(start)]


def complete_metric(start: str) -> list[str]:
    """Return the metrics that begin so, plug-ins among them."""
    from automl_cli.metrics import METRICS

    return [name for name in METRICS if name.startswith(start)]


def complete_run(start: str) -> list[str]:
    """Return the run directories whose path begins so, and folders that may hold some.

    Parameters
    ----------
    start
        What is typed already. Nothing, or less than a folder's name, looks into ``runs`` too.
    """
    folder = Path(start) if start.endswith("/") else Path(start).parent
    found = [
        path for path in _list_folders(folder) if str(path).startswith(start.removeprefix("./"))
    ]
    if not start:
        found += [path for path in _list_folders(Path("runs")) if _is_run(path)]
    return [str(path) if _is_run(path) else f"{path}/" for path in found]


def _list_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    inside = (path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")
    return sorted(inside)


def _is_run(path: Path) -> bool:
    return (path / RUN_FILE).is_file()
