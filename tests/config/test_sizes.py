import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.config.sizes import HINT, LEAST, format_size, parse_size
from automl_cli.core.errors import ConfigError


@given(st.integers(LEAST, 10**15))
def test_reading_what_was_written_gives_the_same_number(size: int):
    assert parse_size(format_size(size)) == size


@pytest.mark.parametrize("text", ["", "4 parrots", "GB", "-4GB", "1e9", "nan", "inf"])
def test_what_is_no_amount_is_refused_with_the_accepted_forms(text: str):
    with pytest.raises(ConfigError) as caught:
        parse_size(text)
    assert caught.value.message == f"{text!r} is not an amount of memory."
    assert caught.value.hint == HINT


@pytest.mark.parametrize("text", ["4", 0, "10KB", "4,5GB"])
def test_a_forgotten_unit_is_noticed(text: str | int):
    with pytest.raises(ConfigError, match="less than a megabyte"):
        parse_size(text)
