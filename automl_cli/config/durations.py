"""Durations as people write them: ``90``, ``90s``, ``10m``, ``1h30m``.

Decimal arithmetic makes reading and writing exact inverses of each other.
"""

import re
from decimal import Decimal

from automl_cli.core.errors import ConfigError

_NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
_PARTS = re.compile(rf"(?:{_NUMBER} *h)? *(?:{_NUMBER} *m)? *(?:{_NUMBER} *s)?")
_PLAIN = re.compile(_NUMBER)
HINT = "Write seconds, or hours, minutes and seconds: 90, 90s, 10m, 1h30m."


def parse_duration(text: str | float) -> float:
    """Return a duration in seconds.

    Parameters
    ----------
    text
        A number of seconds, or a text with hours (h), minutes (m) and seconds (s), in this order.

    Raises
    ------
    ConfigError
        If it is not a duration, or not longer than 0; the hint shows the accepted forms.

    Examples
    --------
    >>> [parse_duration(text) for text in (90, "90", "90s", "10m", "1h30m", "1.5h")]
    [90.0, 90.0, 90.0, 600.0, 5400.0, 5400.0]
    """
    seconds = _read_seconds(str(text).strip().lower())
    if seconds is None:
        raise ConfigError(f"{text!r} is not a duration.", hint=HINT)
    if not 0 < seconds < float("inf"):
        raise ConfigError(f"{text!r} is not longer than 0 seconds, or too long.", hint=HINT)
    return seconds


def format_duration(seconds: float) -> str:
    """Return the shortest form that `parse_duration` reads back as the same number.

    Parameters
    ----------
    seconds
        Not negative and finite.

    Examples
    --------
    >>> [format_duration(seconds) for seconds in (90, 600.0, 5400, 0.25, 0)]
    ['1m30s', '10m', '1h30m', '0.25s', '0s']
    """
    minutes, rest = divmod(Decimal(repr(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (rest.normalize(), "s"))
    return "".join(f"{part:f}{unit}" for part, unit in parts if part) or "0s"


def _read_seconds(text: str) -> float | None:
    if _PLAIN.fullmatch(text):
        return float(text)
    found = _PARTS.fullmatch(text)
    if found is None or not text:
        return None
    hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + seconds)
