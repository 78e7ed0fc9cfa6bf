import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.config.durations import HINT, format_duration, parse_duration
from automl_cli.core.errors import ConfigError


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_reading_what_was_written_gives_the_same_number(seconds: float):
    assert parse_duration(format_duration(seconds)) == seconds


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_parts_add_up(hours: int, minutes: int, seconds: float):
    total = hours * 3600 + minutes * 60 + seconds
    if total:
        assert parse_duration(f"{hours}h{minutes}m{seconds}s") == total
        assert parse_duration(f" {hours}H {minutes}M {seconds}S ") == total


@pytest.mark.parametrize(
    "text", ["", "10x", "m", "1m1h", "-5", "1e3", "10:30", "1h30", "1..5m", "h1", "nan", "inf"]
)
def test_what_is_no_duration_is_refused_with_the_accepted_forms(text: str):
    with pytest.raises(ConfigError) as caught:
        parse_duration(text)
    assert caught.value.message == f"{text!r} is not a duration."
    assert caught.value.hint == HINT


@pytest.mark.parametrize("text", ["0", "0s", 0, 0.0, "9" * 400])
def test_a_duration_is_positive_and_finite(text: str | float):
    with pytest.raises(ConfigError, match="not longer than 0 seconds, or too long"):
        parse_duration(text)
