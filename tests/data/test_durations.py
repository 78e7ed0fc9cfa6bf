"""Durations are seconds, whatever their spelling."""

from collections.abc import Callable

import numpy as np
import pytest

from automl_cli.data.kinds import find_typing
from automl_cli.data.read import RawTable
from automl_cli.data.types import TableTyping, prepare_frame

Table = Callable[..., RawTable]


def read(table: Table, cells: tuple[str, ...]) -> tuple[str, list[float]]:
    rows = table("x;y\n" + "".join(f"0;{cell}\n" for cell in cells))
    typing = TableTyping.from_json(find_typing([rows], ["y"]).to_json())
    values = prepare_frame(typing, rows)["y"].tolist()
    for row, value in enumerate(values):  # one by one as in the batch
        alone = prepare_frame(typing, rows.where(np.arange(len(cells)) == row))
        assert alone["y"].tolist() == [value]
    return typing["y"].kind, values


@pytest.mark.parametrize(
    ("cells", "kind", "seconds"),
    [
        (("2h 50m", "45m", "19h"), "duration", [10200, 2700, 68400]),
        (("1 hr 5 min", "2 hours 30 mins"), "duration", [3900, 9000]),
        (("1h 0.5s", "3m 2s"), "duration", [3600.5, 182]),
        (("0 days 01:00:00", "2 days 00:00:30.5"), "duration", [3600, 172830.5]),
        (("1 day, 01:00:00", "2 days, 00:00:30"), "duration", [90000, 172830]),
        (("PT1H30M", "PT45M", "P1DT1S"), "duration", [5400, 2700, 86401]),
        (("59:30", "1:02:03", "4:05"), "duration", [3570, 3723, 245]),
        (("18:22", "9:05:01"), "time", [66120, 32701]),  # a time of day
        (("69 min", "181 min"), "number", [69, 181]),
        (("1 year", "2 weeks"), "number", [365.25, 14]),
    ],
)
def test_durations_are_read_as_seconds(
    table: Table, cells: tuple[str, ...], kind: str, seconds: list[float]
):
    assert read(table, cells) == (kind, seconds)


@pytest.mark.parametrize("cells", [("3d5", "2h7"), ("P1", "P2"), ("5D", "7Q"), ("1h x", "2m y")])
def test_codes_are_no_durations(table: Table, cells: tuple[str, ...]):
    rows = table("x;y\n" + "".join(f"0;{cell}\n" for cell in cells))
    assert find_typing([rows], ["y"])["y"].kind == "category"
