from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.config.mistakes import Origin
from automl_cli.config.tree import Layer, find_origin, to_plain
from automl_cli.config.yaml_reader import read_file, read_text
from automl_cli.core.errors import ConfigError


def read(text: str) -> Layer:
    return read_text(text, lambda line: Origin("f", line))


def write(folder: Path, data: str | bytes) -> Path:
    path = folder / "mine.yaml"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("5E6", 5e6),
        (".5", 0.5),
        ("1.", 1.0),
        ("-12", -12),
        ("007", "007"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("10:30", "10:30"),
        ("2024-01-31", "2024-01-31"),
        ("no", "no"),
        ("off", "off"),
        ("Yes", "Yes"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("-.inf", float("-inf")),
        ("[1, a]", [1, "a"]),
        ("{a: 1}", {"a": 1}),
        ("{1: a, no: b}", {"1": "a", "no": "b"}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("{a: &x [1], b: *x}", {"a": [1], "b": [1]}),
    ],
)
def test_scalars_have_the_habits_of_yaml_1_2(text: str, value: object):
    read_value = to_plain(read(text).tree)
    assert read_value == value
    assert type(read_value) is type(value)


@given(st.floats(allow_nan=False))
def test_every_float_that_python_prints_is_read_back(number: float):
    text = repr(number).replace("inf", ".inf")
    assert to_plain(read(text).tree) == number


def test_values_know_their_lines():
    tree = read("a:\n  b:\n    - 1\n    - c: 2\nd: [\n  3,\n  4]\n").tree
    paths = [("a",), ("a", "b"), ("a", "b", 0), ("a", "b", 1, "c"), ("d",), ("d", 1)]
    assert [find_origin(tree, path).line for path in paths] == [1, 2, 3, 4, 5, 7]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "f:4: b.c: given again, first in f:3."),
        ("a: !!python/name:os.system x", "f:1: a: 'x' cannot be read as !!python/name:os.system."),
        ("a: !!int x", "f:1: a: 'x' cannot be read as !!int."),
        ("a: !!bool no", "f:1: a: 'no' cannot be read as !!bool."),
        ("[1, 2]: 3", "f:1: a key is a list or a mapping."),
    ],
)
def test_what_yaml_allows_and_a_config_does_not_is_noted(text: str, mistake: str):
    assert [str(each) for each in read(text).mistakes] == [mistake]


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (
            "a: b: c",
            "mine:1:5: not valid YAML: mapping values are not allowed here.",
            "Check the indentation; text that holds ': ' needs quotes.",
        ),
        (
            "a:\n\tb: 1",
            r"mine:2:1: not valid YAML: found character '\t' that cannot start any token.",
            "Indent with spaces, not with tabs.",
        ),
        (
            "a: 1\n---\nb: 2",
            "mine:2:1: not valid YAML: found another document.",
            "Keep one document: leave the second '---' out.",
        ),
        (
            "a: \x01",
            "mine:1: not valid YAML: special characters are not allowed.",
            "Save the file as plain UTF-8 text.",
        ),
        (
            b"a: 1\nb: \xff",
            "mine:2: not UTF-8 text (byte 0xff).",
            "Save the file as UTF-8 in your editor.",
        ),
        (
            "- a",
            "mine:1: expected keys with values, got a list.",
            "Write lines such as 'metric: roc_auc'; `automl config init` shows the keys.",
        ),
        (
            "\n\nroc_auc",
            "mine:3: expected keys with values, got a single value.",
            "Write lines such as 'metric: roc_auc'; `automl config init` shows the keys.",
        ),
        ("a: &x [*x]", "mine:1: an alias contains itself.", "Write the value out."),
        ("[" * 3000, "mine:1: nested too deeply.", "A config has at most five levels."),
    ],
)
def test_a_file_that_is_no_config_is_refused_with_its_place(
    tmp_path: Path, data: str | bytes, message: str, hint: str
):
    with pytest.raises(ConfigError) as caught:
        read_file(write(tmp_path, data), "mine")
    assert caught.value.message == message
    assert caught.value.hint == hint


@pytest.mark.parametrize("data", ["", "\n# nothing\n", "---\n", "null", b"\xef\xbb\xbf"])
def test_an_empty_file_says_nothing(tmp_path: Path, data: str | bytes):
    assert to_plain(read_file(write(tmp_path, data), "mine").tree) == {}


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path):
    path = write(tmp_path, b"\xef\xbb\xbfmetric: auc")
    assert to_plain(read_file(path, "mine").tree) == {"metric": "auc"}


def test_missing_files_and_directories_are_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"^gone: no such file\.$"):
        read_file(tmp_path / "gone.yaml", "gone")
    with pytest.raises(ConfigError, match=r"^here: expected a YAML file, got a directory\.$"):
        read_file(tmp_path, "here")
    with pytest.raises(ConfigError, match=r"^odd: cannot be read \(Not a directory\)\.$"):
        read_file(write(tmp_path, "") / "x.yaml", "odd")
