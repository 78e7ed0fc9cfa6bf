"""Each built-in splitter says which keys it uses; those of others may use any."""

import pytest

from automl_cli.splits import SPLITTERS
from automl_cli.splits.used import KEYS, USED, find_unused_options


def test_every_built_in_splitter_says_what_it_uses() -> None:
    assert set(USED) == set(SPLITTERS)


@pytest.mark.parametrize("splitter", ["my_split.py:split", "from_another_package"])
def test_other_splitters_may_use_anything(splitter: str) -> None:
    assert list(find_unused_options(splitter, set(KEYS))) == []


UNUSED = [
    ("kfold", set(KEYS), ["group", "time", "column", "gap"]),
    ("group", {"group", "time"}, ["time"]),
    ("stratified_group", {"group"}, []),
    ("time", {"time", "gap", "column"}, ["column"]),
    ("auto", {"time", "gap"}, []),
    ("auto", {"gap"}, []),  # test may turn out to be later than train
    ("auto", {"time", "column", "gap"}, ["column"]),
    ("auto", {"group", "gap"}, ["gap"]),
]


@pytest.mark.parametrize(("splitter", "given", "unused"), UNUSED)
def test_what_is_given_and_not_used_is_found(
    splitter: str, given: set[str], unused: list[str]
) -> None:
    assert [key for key, _ in find_unused_options(splitter, given)] == unused
