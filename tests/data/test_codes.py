"""Codes made of parts become their parts, in new rows as well."""

from collections.abc import Callable

import numpy as np
import pytest

from automl_cli.core.errors import DataError
from automl_cli.data.infer import Inference
from automl_cli.data.read import RawTable
from automl_cli.data.strays import find_unread
from automl_cli.data.types import TableTyping, prepare_frame

Infer = Callable[..., Inference]
N = 120
COLOURS = ("red", "blue", "green")


def spell(kind: str, n: int) -> str:
    return {
        "slashes": f"{'ABCD'[n % 4]}/{n}/{'PS'[n % 2]}",
        "dashes": f"SKU-{n % 30:03}-{COLOURS[n % 3]}",
        "letters": f"{'ABCD'[n % 4]}{n % 60}",
        "prefix": f"{['PC ', 'A/5 ', '', ''][n % 4]}{10_000 + 7 * n}",
        "dots": f"10.{n % 3}.0.{n}",
        "colons": f"{'ABCD'[n % 4]}:{n % 40:02}",
    }[kind]


def write(codes: list[str], *, with_target: bool = True) -> str:
    header = "row;code;x;y\n" if with_target else "row;code;x\n"
    cells = [f"{n};{code};{n % 7}" for n, code in enumerate(codes)]
    return header + "".join(
        f"{cell};{n % 2}\n" if with_target else f"{cell}\n" for n, cell in enumerate(cells)
    )


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("slashes", {"code.1": "categorical", "code.2": "numeric", "code.3": "categorical"}),
        ("dashes", {"code.2": "numeric", "code.3": "categorical"}),  # SKU is the same everywhere
        ("letters", {"code.1": "categorical", "code.2": "numeric"}),
        ("prefix", {"code.1": "categorical", "code.2": "numeric"}),
        ("dots", {"code.2": "numeric", "code.4": "numeric"}),
        ("colons", {"code.1": "categorical", "code.2": "numeric"}),
    ],
)
def test_codes_that_share_a_pattern_become_their_parts(
    infer: Infer, kind: str, parts: dict[str, str]
):
    codes = [spell(kind, n) for n in range(N)]
    found = infer(write(codes), write(codes, with_target=False), target=("y",))
    roles = {column.name: column.role for column in found.dataset.schema.columns}
    assert {name: role for name, role in roles.items() if name.startswith("code.")} == parts
    assert roles["code"] == "categorical"  # the whole stays


@pytest.mark.parametrize(
    "codes",
    [
        [f"{COLOURS[n % 3]}-{COLOURS[n % 2]}" for n in range(N)],  # few, and words
        ["New York", "Los Angeles", "Rome"] * 40,
        [f"John{'abcdefghij'[n % 10]} Smith{'klmnopqrst'[n // 12]}" for n in range(N)],
        [f"{n}-{n}" if n % 2 else f"{n}/{n}/{n}" for n in range(N)],  # no shared pattern
        [f"q{n}w{n * 7 % 13}e{n}" for n in range(N)],
    ],
)
def test_other_labels_stay_whole(infer: Infer, codes: list[str]):
    found = infer(write(codes), target=("y",))
    names = [column.name for column in found.dataset.schema.columns]
    assert [name for name in names if name.startswith("code.") and name != "code.1"] == []


def test_parts_hold_what_stands_in_the_code(infer: Infer):
    codes = ["", *(spell("slashes", n) for n in range(1, N))]
    frame = infer(write(codes), target=("y",)).dataset.train
    assert frame["code.1"].tolist()[:4] == [np.nan, "B", "C", "D"]
    np.testing.assert_array_equal(frame["code.2"][:4], [np.nan, 1, 2, 3])
    assert frame["code.3"].tolist()[1:4] == ["S", "P", "S"]


@pytest.mark.parametrize(
    ("spell", "parts"),
    [
        (lambda a, b: f"{a}, {b}", {"code.1": "a", "code.3": "b"}),  # coordinates
        (lambda a, b: f"{a}/{b}", {"code.1": "a", "code.2": "b"}),
        (lambda a, b: f"{a} {'CR' if b > 0 else 'DR'}", {"code.1": "a"}),
    ],
)
def test_numbers_in_a_code_keep_their_sign_and_their_decimals(
    infer: Infer, spell: Callable[[float, float], str], parts: dict[str, str]
):
    rng = np.random.default_rng(0)
    values = {"a": rng.uniform(-90, 90, N).round(2), "b": rng.uniform(-9, 9, N).round(3)}
    codes = [spell(a, b) for a, b in zip(values["a"], values["b"], strict=True)]
    frame = infer(write([f'"{code}"' for code in codes]), target=("y",)).dataset.train
    for part, name in parts.items():
        np.testing.assert_array_equal(frame[part], values[name])


def test_new_rows_are_taken_apart_in_the_same_way(infer: Infer, table: Callable[..., RawTable]):
    found = infer(write([spell("slashes", n) for n in range(N)]), target=("y",))
    typing = TableTyping.from_json(found.typing.to_json())  # as a run stores it
    rows = table("row,code,x\n1,C/77/P,1\n2,odd,1\n3,Z/1/P,2\n", "new.csv")
    new = prepare_frame(typing, rows)
    assert new["code.1"].isna().tolist() == [False, True, True]  # no row of train was on deck Z
    np.testing.assert_array_equal(new["code.2"], [77, np.nan, 1])


def test_the_groups_in_an_id_are_labels_and_its_row_numbers_are_left_out(infer: Infer):
    rows = "".join(f"{n // 3:04}_{n % 3:02},{n % 7},{n % 2}\n" for n in range(N))
    found = infer("id,x,y\n" + rows, target=("y",), id="id")
    roles = {column.name: column.role for column in found.dataset.schema.columns}
    assert roles == {"id.1": "categorical", "id.2": "numeric", "x": "numeric"}
    assert found.dataset.schema.id_parts == ("id.1", "id.2")
    numbered = "".join(f"row_{n:04},{n % 7},{n % 2}\n" for n in range(N))
    found = infer("id,x,y\n" + numbered, target=("y",), id="id")
    assert [column.name for column in found.dataset.schema.columns] == ["x"]


def test_parts_can_be_switched_off_dropped_and_named_by_validation(
    infer: Infer, error_of: Callable[..., tuple[str, str]]
):
    train = write([spell("slashes", n) for n in range(N)])
    assert "code.1" not in infer(train, target=("y",), parts=False).dataset.train
    assert "code.1" not in infer(train, target=("y",), drop=("code.1",)).dataset.train
    assert infer(train, target=("y",), roles={"code": "categorical"}).dataset.train.shape[1] == 3
    extra = infer(train, target=("y",), extra=("code.1",)).dataset.extra["code.1"]
    assert extra.tolist()[:3] == ["A", "B", "C"]
    assert error_of(infer, train, target=("y",), extra=("code.9",)) == (
        "train.csv: no column 'code.9' (named by validation).",
        "The features are row, code, code.1, code.2, code.3, x.",
    )
    for option in ({"drop": ("code.9",)}, {"roles": {"code.9": "numeric"}}):
        (name,) = option
        assert error_of(infer, train, target=("y",), **option) == (
            f"train.csv: no column 'code.9' (named by data.{name}).",
            "The parts of codes are code.1, code.2, code.3.",
        )
    assert list(infer(train, target=("y",), drop=("code", "code.1")).dataset.train) == ["row", "x"]
    plain = write([str(n) for n in range(N)])
    assert error_of(infer, plain, target=("y",), drop=("code.1",))[1] == (
        "No column holds codes that are made of parts."
    )
    with pytest.raises(DataError, match=r"no column 'cod\.1'"):
        infer(train, target=("y",), drop=("cod.1",))


def test_numbers_in_codes_are_not_told_as_unread(infer: Infer, table: Callable[[str], RawTable]):
    codes = [spell("slashes", n) for n in range(N)]
    found = infer(write(codes), write(codes, with_target=False), target=("y",))
    assert find_unread(found.typing, table(write(codes, with_target=False).replace(";", ","))) == []


def test_a_part_has_the_role_that_the_user_gave_it(infer: Infer):
    codes = [spell("slashes", n) for n in range(N)]
    roles = {"code.2": "categorical"}
    found = infer(write(codes), write(codes, with_target=False), target=("y",), roles=roles)
    assert found.typing["code.2"].kind == "category"
    with pytest.raises(DataError, match=r"column 'code\.1' cannot be numeric"):
        infer(write(codes), target=("y",), roles={"code.1": "numeric"})
