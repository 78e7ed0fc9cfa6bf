"""The run directory: the only state of a run.

Every file name is decided here. Files appear whole or not at all (written beside, then renamed),
so a run that is killed at any moment is resumed by the same command.

    run.json              versions and keys: what the run is
    events.jsonl          what happened, one line an event
    features/KEY/         prepared columns of one feature step
    problems/TARGET/      encoded target and folds, read by the workers
    units/KEY/fold-K/     model, curve and predictions of one (candidate, fold)
    candidates/KEY/       out-of-fold and test predictions with their score
    typing.json           how the columns were read, for new rows
    failures/KEY.json     candidates that could not be fitted
    blends/TARGET.json    the ensemble
    summary.json          what `--json` and `automl leaderboard` show
    submission.csv        valid from the first candidate on
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from automl_cli.core.errors import RunError
from automl_cli.core.events import Event, JsonValue

PACKAGES = ("automl-cli", "catboost", "lightgbm", "numpy", "pandas", "scikit-learn", "xgboost")
LONGEST_GAP = 600.0  # seconds between two events of one command; a longer gap was not work


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """A folder and the names of everything in it.

    Parameters
    ----------
    root
        The folder; it need not exist yet.
    """

    root: Path

    @property
    def features(self) -> Path:
        """Folder of the prepared feature steps."""
        return self.root / "features"

    @property
    def submission(self) -> Path:
        """The submission file."""
        return self.root / "submission.csv"

    @property
    def typing(self) -> Path:
        """How the feature columns were read."""
        return self.root / "typing.json"

    @property
    def summary(self) -> Path:
        """The figures of the finished run."""
        return self.root / "summary.json"

    @property
    def log(self) -> Path:
        """What the libraries print from C."""
        return self.root / "workers.log"

    def problem(self, target: str) -> Path:
        """Folder of one target's encoded values and folds."""
        return self.root / "problems" / file_name(target)

    def unit(self, key: str, fold: int, *, cut: bool = False) -> Path:
        """Folder of one (candidate, fold); a unit that the clock cut has one of its own."""
        return self.root / "units" / key / (f"fold-{fold}.cut" if cut else f"fold-{fold}")

    def candidate(self, key: str) -> Path:
        """Folder of a finished candidate."""
        return self.root / "candidates" / key

    def failure(self, key: str) -> Path:
        """File of a candidate that could not be fitted."""
        return self.root / "failures" / f"{key}.json"

    def blend(self, target: str) -> Path:
        """File of one target's ensemble."""
        return self.root / "blends" / f"{file_name(target)}.json"

    def append(self, event: Event) -> None:
        """Add one line to the events."""
        line = json.dumps({"time": time.time(), "kind": event.kind, **event.fields})
        with (self.root / "events.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def read_events(self) -> list[dict[str, JsonValue]]:
        """Return all events; a last line that was cut off is left out."""
        path = self.root / "events.jsonl"
        if not path.exists():
            return []
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def seconds_spent(self) -> float:
        """Return the seconds that earlier commands worked on this run."""
        spent, last = 0.0, None
        for event in self.read_events():
            now = float(str(event["time"]))
            if last is not None and event["kind"] != "started":
                spent += min(now - last, LONGEST_GAP)
            last = now
        return spent

    @contextmanager
    def use(self, facts: Mapping[str, JsonValue], *, accept_versions: bool) -> Iterator[None]:
        """Create the folder or check that it is the same run, and keep others out.

        Raises
        ------
        RunError
            If the folder cannot be written, is in use, or was made by other versions.
        """
        from filelock import FileLock, Timeout

        with translated(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / "lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise RunError(
                    f"{self.root}: another command is using this run.",
                    hint="Wait until it has finished, or give this one a folder with --out.",
                ) from None
        try:
            self._settle(facts, accept_versions=accept_versions)
            yield
        finally:
            lock.release()

    def _settle(self, facts: Mapping[str, JsonValue], *, accept_versions: bool) -> None:
        versions = installed_versions()
        path = self.root / "run.json"
        if path.exists():
            known = read_json(path)
            self._check(known, facts, None if accept_versions else versions)
        self._remove_leftovers()
        write_json(path, {**facts, "versions": dict(versions)})

    def _check(
        self,
        known: Mapping[str, JsonValue],
        facts: Mapping[str, JsonValue],
        versions: Mapping[str, str] | None,
    ) -> None:
        if known.get("key") != facts["key"]:
            raise RunError(
                f"{self.root}: this folder holds a run of other data or another config.",
                hint="Give another folder with --out, or leave --out away.",
            )
        before = known.get("versions")
        if versions is not None and isinstance(before, dict) and before != versions:
            changed = ", ".join(
                f"{name} {before.get(name)} -> {version}"
                for name, version in versions.items()
                if before.get(name) != version
            )
            raise RunError(
                f"{self.root}: this run was made with other versions ({changed}).",
                hint="Give another folder with --out, or --accept-versions to mix them.",
            )

    def _remove_leftovers(self) -> None:
        for path in self.root.glob("**/*.tmp-*"):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def installed_versions() -> dict[str, str]:
    """Return the versions that decide the numbers of a run."""
    from importlib.metadata import version

    return {name: version(name) for name in PACKAGES}


def file_name(text: str) -> str:
    """Return `text` as a file name: letters, digits, ``-``, ``_`` and ``.`` stay.

    Examples
    --------
    >>> file_name("net income/year")
    'net_income_year'
    """
    kept = (char if char.isalnum() or char in "-_." else "_" for char in text)
    return "".join(kept)[:80] or "_"


def read_json(path: Path) -> dict[str, JsonValue]:
    """Return the mapping stored at `path`."""
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise RunError(
            f"{path}: not a file of a run.", hint="Remove the run folder and start again."
        )
    return found


def write_json(path: Path, value: Mapping[str, JsonValue]) -> None:
    """Write a mapping whole or not at all."""
    text = json.dumps(value, indent=1) + "\n"
    with replaced(path) as beside:
        beside.write_text(text, encoding="utf-8")


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give a name beside `path`, and rename what was written there to `path` at the end.

    Raises
    ------
    RunError
        If the disk is full or the folder cannot be written.
    """
    beside = path.with_name(f"{path.name}.tmp-{uuid4().hex[:12]}")
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield beside
            _rename(beside, path)
        finally:
            if beside.exists():
                shutil.rmtree(beside) if beside.is_dir() else beside.unlink()


def write_folder(path: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write into a new folder that appears as `path` when it is complete."""
    with replaced(path) as beside:
        beside.mkdir()
        fill(beside)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn an operating-system error into a message about `path`."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise RunError(
            f"{path}: cannot be written ({reason.lower()}).",
            hint="Free some space or give a folder you may write to with --out.",
        ) from error


def _rename(beside: Path, path: Path) -> None:
    if path.is_dir():
        # A folder cannot be renamed onto another; the content is the same by its key.
        shutil.rmtree(path)
    beside.replace(path)
