"""The run directory: the only state of a run.

`store.paths` says where everything lies. Files appear whole or not at all (written beside,
then renamed), so a run that is killed at any moment is resumed by the same command.

    config.yaml           the effective config
    run.json              versions and keys: what the run is
    events.jsonl          what happened, one line an event
    features/KEY/         prepared columns of one feature step
    problems/TARGET/      encoded target and folds, read by the workers
    units/KEY/fold-K/     model, curve and predictions of one (candidate, fold)
    candidates/KEY/       out-of-fold and test predictions with their score
    typing.json           how the columns were read, for new rows
    failures/KEY.json     candidates that could not be fitted
    blends/TARGET/        the ensemble
    explain/              what `automl explain` found out of the columns
    summary.json          what `--json` and `automl leaderboard` show
    report.html           the page of `automl report`
    workers.log           what the libraries print from C
    lock                  held while a command uses the run
    submission.csv        valid from the first candidate on
    written.json          what commands wrote outside of it
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

from automl_cli.core.errors import RunError
from automl_cli.core.events import Event, JsonValue
from automl_cli.store.files import (
    Writable,
    check_writable,
    file_name,
    read_array,
    read_json,
    replaced,
    translated,
    understood,
    write_array,
    write_folder,
    write_json,
    write_text,
)
from automl_cli.store.identity import installed_versions, record_identity
from automl_cli.store.paths import RunPaths

__all__ = [
    "RunDirectory",
    "Writable",
    "check_writable",
    "clock_events",
    "file_name",
    "installed_versions",
    "read_array",
    "read_json",
    "replaced",
    "translated",
    "understood",
    "write_array",
    "write_folder",
    "write_json",
    "write_text",
]

LONGEST_GAP = 600.0  # seconds between two events of one command; a longer gap was not work


@dataclass(frozen=True, slots=True)
class RunDirectory(RunPaths):
    """The folder of a run: its paths, its events, its lock and what it is."""

    def append(self, event: Event) -> None:
        """Add one line to the events.

        Raises
        ------
        RunError
            If the disk is full or the folder cannot be written.
        """
        line = json.dumps({"time": time.time(), "kind": event.kind, **event.fields}) + "\n"
        path = self.root / "events.jsonl"
        with translated(path), path.open("ab+") as file:
            # A line that a full disk or a kill has cut off must not swallow this one.
            is_torn = file.seek(0, os.SEEK_END) > 0 and _last_byte(file) != b"\n"
            file.write(b"\n" * is_torn + line.encode())

    def read_events(self) -> list[dict[str, JsonValue]]:
        """Return all events; lines that were cut off or altered are left out."""
        path = self.root / "events.jsonl"
        events = []
        for line in path.read_bytes().splitlines() if path.exists() else ():
            with suppress(ValueError, TypeError, KeyError, RecursionError):
                event = json.loads(line)
                events.append({**event, "time": float(event["time"]), "kind": str(event["kind"])})
        return events

    @property
    def is_finished(self) -> bool:
        """Whether the last command came to its end; also of a copy without events."""
        kinds = [event["kind"] for event in self.read_events()]
        ends = [kind for kind in kinds if kind in {"started", "finished"}]
        return not ends or ends[-1] == "finished"

    @property
    def is_in_use(self) -> bool:
        """Whether a command is at work on the run."""
        from filelock import FileLock, Timeout

        path = self.root / "lock"
        if not path.exists():
            return False
        with suppress(OSError):  # a folder that cannot be written has no command at work
            try:
                with FileLock(path, timeout=0):
                    return False
            except Timeout:
                return True
        return False

    def seconds_spent(self) -> float:
        """Return the seconds that earlier commands worked on this run."""
        return max(clock_events(self.read_events()), default=0.0)

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
                    hint="Wait until it has finished; a new run needs another folder (--out).",
                ) from None
        try:
            with translated(self.root):
                record_identity(self.root, facts, accept_versions=accept_versions)
            yield
        finally:
            lock.release()


def clock_events(events: Sequence[Mapping[str, JsonValue]]) -> Iterator[float]:
    """Yield for each event the seconds that the commands had worked by then, in all.

    The time between two commands does not count, and a clock that was set back takes none away.
    """
    spent, last = 0.0, None
    for event in events:
        now = float(str(event["time"]))
        if event["kind"] == "started":
            # Reading and inference came before there was a directory to write to.
            began = event.get("started_at")
            last = float(began) if isinstance(began, int | float) else now
        if last is not None:
            spent += min(max(0.0, now - last), LONGEST_GAP)
        last = now
        yield spent


def _last_byte(file: BinaryIO) -> bytes:
    file.seek(-1, os.SEEK_END)
    return file.read()
