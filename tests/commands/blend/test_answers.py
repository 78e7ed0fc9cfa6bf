"""Who takes part in a blend, which answer is written, and where to."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from blended import N_TRAIN, make_frame, make_outside, run_blend
from typer.testing import CliRunner

from automl_cli.cli.app import app
from automl_cli.commands.blend import BlendRequest, blend
from automl_cli.core.errors import ConfigError
from automl_cli.run.reopen import reopen
from automl_cli.store import read_json

pytestmark = pytest.mark.slow  # takes seconds: not in make quick


def make_noise(folder: Path) -> tuple[Path, Path]:
    noise = np.random.default_rng(3).random(N_TRAIN)
    return make_outside(folder, sold=noise)


def test_the_run_alone_is_what_its_submission_was_made_of(place: Path, tmp_path: Path) -> None:
    made = run_blend(place, *make_outside(tmp_path))
    (target,) = read_json(place / "run" / "summary.json")["targets"]
    assert made["run_score"] == target["score"]
    assert made["run_score_se"] == target["score_se"]


def test_the_runs_own_ensemble_is_a_member(place: Path, tmp_path: Path) -> None:
    made = run_blend(place, *make_outside(tmp_path))
    (own,) = [one for one in made["members"] if one["key"].startswith("ensemble-")]
    assert not own["outside"]
    assert own["score"] == pytest.approx(made["run_score"])


def test_all_combiners_compete_and_are_told(place: Path, tmp_path: Path) -> None:
    made = run_blend(place, *make_outside(tmp_path))
    assert [one["combiner"] for one in made["tournament"]] == ["greedy", "linear", "mean", "best"]
    scores = {one["combiner"]: one["score"] for one in made["tournament"]}
    assert len(set(scores.values())) == 4
    assert scores[made["combiner"]] == pytest.approx(made["score"], abs=0.01)


def test_where_the_blend_is_worse_the_runs_own_answer_is_written(
    place: Path, tmp_path: Path
) -> None:
    files, out = make_noise(tmp_path), place / "blended.csv"
    made = run_blend(place, *files, run="mean")
    assert made["written"] == "run"
    assert made["loss"] > made["run_loss"]
    assert out.read_bytes() == (place / "mean" / "submission.csv").read_bytes()
    (told,) = made["warnings"]
    assert "the blend is worse than the run alone (log_loss 0." in told
    assert told.endswith("holds the predictions of the run; --even-if-worse writes the blend.")

    forced = run_blend(place, *files, run="mean", even_if_worse=True)
    assert forced["written"] == "blend"
    assert out.read_bytes() != (place / "mean" / "submission.csv").read_bytes()
    assert forced["warnings"][0].endswith("holds the blend because of --even-if-worse.")


def test_a_better_blend_is_written(place: Path, tmp_path: Path) -> None:
    made = run_blend(place, *make_outside(tmp_path))
    assert (made["written"], made["warnings"]) == ("blend", [])
    assert made["loss"] < made["run_loss"]


def test_a_leak_on_some_folds_takes_no_part_unless_asked(place: Path, tmp_path: Path) -> None:
    frame, hidden = make_frame()
    (problem,) = reopen(place / "run").problems
    seen = problem.folds.blocks[0] == 1
    honest = 1 / (1 + np.exp(-hidden[:N_TRAIN]))
    sold = np.where(seen, np.where(frame["sold"][:N_TRAIN], 0.99, 0.01), honest)
    files = make_outside(tmp_path, sold=sold)
    made = run_blend(place, *files)
    (leak,) = [one for one in made["members"] if one["outside"]]
    assert leak["left_out"] == "may have seen the rows of fold 2 of the run"
    assert (leak["weight"], leak["spread"]) == (0.0, 0.0)
    told = made["warnings"][0]
    assert told.startswith(f"{files[0]}: it scores far above the others on fold 2 of the run only")
    assert told.endswith("It is left out (--keep-suspects keeps it).")

    kept = run_blend(place, *files, keep_suspects=True)
    (leak,) = [one for one in kept["members"] if one["outside"]]
    assert leak["left_out"] is None
    assert leak["weight"] > 0.2
    assert kept["warnings"][0].endswith("It takes part.")


def test_a_copy_counts_once(place: Path, tmp_path: Path) -> None:
    first = make_outside(tmp_path)
    copies = []
    for path in first:
        copies.append(path.with_name(f"copy_{path.name}"))
        pd.read_csv(path).round(4).to_csv(copies[-1], index=False)
    alone, both = run_blend(place, *first), run_blend(place, *first, *copies)
    assert both["score"] == pytest.approx(alone["score"], abs=1e-3)
    (copy,) = [one for one in both["members"] if one["left_out"]]
    assert copy["left_out"].startswith("nearly equal to ")
    assert "They count as one" in both["warnings"][0]
    assert "(correlation 0.99999)" in both["warnings"][0]


def test_every_file_takes_part_however_many_candidates_an_ensemble_may_have(
    place: Path, tmp_path: Path
) -> None:
    rng, files = np.random.default_rng(4), []
    frame, hidden = make_frame()
    for number in range(70):
        noisy = 1 / (1 + np.exp(-hidden - rng.normal(size=len(hidden))))
        for name, rows in (("oof", slice(0, N_TRAIN)), ("test", slice(N_TRAIN, None))):
            files.append(tmp_path / f"{name}_{number}.csv")
            frame[["id"]].assign(p=noisy)[rows].to_csv(files[-1], index=False)
    made = run_blend(place, *files)
    assert len({one["key"] for one in made["members"] if one["outside"]}) == 70
    assert made["score"] < made["run_score"]


def test_a_column_and_an_id_may_be_called_in_another_case(place: Path, tmp_path: Path) -> None:
    files = make_outside(tmp_path)
    expected = run_blend(place, *files)["score"]
    for path in files:
        table = pd.read_csv(path).sample(frac=1, random_state=1)
        table.rename(columns={"id": "ID", "sold": "Sold"}).astype({"ID": float}).to_csv(
            path, index=False
        )
    assert run_blend(place, *files)["score"] == expected


def test_only_what_the_program_wrote_is_replaced(place: Path, tmp_path: Path) -> None:
    files, out = make_outside(tmp_path), tmp_path / "submission.csv"
    request = BlendRequest(run=place / "run", others=files, out=out)
    out.write_text("by hand")
    with pytest.raises(ConfigError, match="exists and was not written by this command"):
        blend(request)
    assert out.read_text() == "by hand"
    blend(BlendRequest(run=place / "run", others=files, out=out, force=True))
    blend(request)


def test_the_table_tells_members_combiners_and_what_weights_mean(
    place: Path, tmp_path: Path
) -> None:
    files = make_outside(tmp_path)
    words = ["blend", str(place / "run"), *map(str, files), "--submission", str(tmp_path / "b.csv")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.stderr
    lines = result.stderr.splitlines()
    assert lines[0].strip() == "sold: log_loss"
    assert any(line.startswith("oof-") and "(from outside)" in line for line in lines)
    assert any(line.startswith("ensemble-") for line in lines)
    (rivals,) = [line for line in lines if line.startswith("combiners, cross-fitted: greedy 0.")]
    assert "; linear was chosen" in rivals
    (explained,) = [line for line in lines if line.startswith("The linear blend is a weighted sum")]
    assert "may be negative and need not sum to 1 (" in explained
    assert lines[-1].startswith("the run alone: 0.")
