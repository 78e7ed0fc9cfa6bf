"""Whatever a config or a table holds: it is understood, or refused with a message and a hint.

`AUTOML_FUZZ=2000` asks for as many examples of each kind instead of the few of every day.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl_cli.commands.audit import audit_competition
from automl_cli.config.diagnosis import known_keys
from automl_cli.config.load import load_config
from automl_cli.core.errors import AutomlError
from automl_cli.features import GROUPS
from automl_cli.models import MODELS
from automl_cli.planning.binding import check_names
from automl_cli.run.competition import Competition

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

EXAMPLES = int(os.environ.get("AUTOML_FUZZ", "60"))
fuzz = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)

NAMES = sorted({part for key in known_keys() for part in key} | set(MODELS) | set(GROUPS))
words = st.sampled_from([*NAMES, "auto", "all", "null", "10m", "4GB", "roc_auc", ""])
scalars = st.one_of(
    words,
    st.none(),
    st.booleans(),
    st.integers(-10, 10**12),
    st.floats(),
    st.text(max_size=8),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(words | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@contextmanager
def refused_or_done() -> Iterator[None]:
    """Let pass what is done, and what is refused with a message and a hint."""
    try:
        yield
    except AutomlError as error:
        if not error.message.strip() or not error.hint.strip():
            raise AssertionError("a mistake without a word about it") from error


@fuzz
@given(st.dictionaries(words, values, max_size=4))
def test_any_yaml_is_understood_or_refused(content: dict[str, Any]):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz.yaml"
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        with refused_or_done():
            check_names(load_config(path))


@fuzz
@given(st.binary(max_size=60))
def test_any_bytes_in_place_of_a_yaml_are_understood_or_refused(content: bytes):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz.yaml"
        path.write_bytes(content)
        with refused_or_done():
            check_names(load_config(path))


@fuzz
@given(st.lists(st.tuples(st.sampled_from(known_keys()), scalars), max_size=3))
def test_any_override_is_understood_or_refused(pairs: list[tuple[tuple[str, ...], Any]]):
    with refused_or_done():
        check_names(load_config(overrides=[f"{'.'.join(key)}={value}" for key, value in pairs]))


cells = st.one_of(
    st.integers(-5, 5).map(str),
    st.floats(width=32).map(str),
    st.sampled_from(["", "NA", "?", "yes", "no", "2024-02-30", "2024-02-28", "12:30", "1e400"]),
    st.text(max_size=6),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str]:
    """Return a training and a test table as csv text."""
    names = draw(st.lists(st.sampled_from(["id", "a", "b", "c", "y", "é", " "]), min_size=1))
    n_rows = draw(st.integers(0, 30))
    columns = []
    for _ in names:
        known = draw(st.lists(cells, min_size=1, max_size=4))
        columns.append([draw(st.sampled_from(known)) for _ in range(n_rows)])
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    is_quoted = draw(st.booleans())

    def spell(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if is_quoted else cell

    def write(width: int) -> str:
        rows = [names[:width], *zip(*columns[:width], strict=True)]
        return "\n".join(delimiter.join(map(spell, row)) for row in rows)

    return write(len(names)), write(draw(st.integers(1, len(names))))


def audit_tables(train: bytes, test: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "train.csv").write_bytes(train)
        (folder / "test.csv").write_bytes(test)
        with refused_or_done():
            audit_competition(Competition(paths=(folder,), loaded=load_config(preset="smoke")))


@fuzz
@given(tables())
def test_any_tables_are_audited_or_refused(texts: tuple[str, str]):
    train, test = (text.encode("utf-8", errors="surrogatepass") for text in texts)
    audit_tables(train, test)


@fuzz
@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_bytes_in_place_of_tables_are_audited_or_refused(train: bytes, test: bytes):
    audit_tables(train, test)
