"""Where everything of a run lies; the module that writes a folder names the files in it."""

from dataclasses import dataclass
from pathlib import Path

from automl_cli.store.files import file_name


@dataclass(frozen=True, slots=True)
class RunPaths:
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
    def candidates(self) -> Path:
        """Folder of all finished candidates."""
        return self.root / "candidates"

    @property
    def tables(self) -> Path:
        """Folder of the feature columns, for workers that make features."""
        return self.root / "tables"

    @property
    def explain(self) -> Path:
        """Folder of what `automl explain` found out, and of the fits it has repeated."""
        return self.root / "explain"

    @property
    def explanation(self) -> Path:
        """What the last `automl explain` found out, as `--json` printed it."""
        return self.explain / "explanation.json"

    @property
    def submission(self) -> Path:
        """The submission file."""
        return self.root / "submission.csv"

    @property
    def config(self) -> Path:
        """The effective config, as a YAML that repeats the run."""
        return self.root / "config.yaml"

    @property
    def typing(self) -> Path:
        """How the feature columns were read."""
        return self.root / "typing.json"

    @property
    def summary(self) -> Path:
        """The figures of the finished run."""
        return self.root / "summary.json"

    @property
    def report(self) -> Path:
        """The run as one page."""
        return self.root / "report.html"

    @property
    def log(self) -> Path:
        """What the libraries print from C."""
        return self.root / "workers.log"

    def problem(self, target: str) -> Path:
        """Folder of one target's encoded values and folds."""
        return self.root / "problems" / file_name(target)

    def units(self, key: str) -> Path:
        """Folder of a candidate's fits, one folder each: what `Candidate.fits` names."""
        return self.root / "units" / key

    def unit(self, key: str, fold: int, *, cut: int = 0) -> Path:
        """Folder of one (candidate, fold); one of its own for each time that the clock cut it."""
        suffix = "" if not cut else ".cut" if cut == 1 else f".cut-{cut}"
        return self.units(key) / f"fold-{fold}{suffix}"

    def count_cuts(self, key: str, fold: int) -> int:
        """Return how often the clock has cut one (candidate, fold).

        What it has left is never replaced: an ensemble that predicts may be made of it.
        """
        found = 0
        while self.unit(key, fold, cut=found + 1).exists():
            found += 1
        return found

    def candidate(self, key: str) -> Path:
        """Folder of a finished candidate."""
        return self.candidates / key

    def studies(self, target: str) -> Path:
        """Folder of the journals of one target's searches, for optuna-dashboard."""
        return self.root / "studies" / file_name(target)

    def failure(self, key: str) -> Path:
        """File of a candidate that could not be fitted."""
        return self.root / "failures" / f"{key}.json"

    def blend(self, target: str) -> Path:
        """Folder of one target's ensemble."""
        return self.root / "blends" / file_name(target)
