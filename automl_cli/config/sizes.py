"""Amounts of memory as people write them: ``4GB``, ``512MB``, ``1.5GiB``."""

from pydantic import ByteSize, TypeAdapter, ValidationError

from automl_cli.core.errors import ConfigError

HINT = "Write a number with its unit: 4GB, 512MB or 1.5GiB."
LEAST = 10**6  # bytes: less is a forgotten unit
_UNITS = {"GB": 10**9, "MB": 10**6, "KB": 10**3}


def parse_size(text: str | int) -> int:
    """Return an amount of memory in bytes.

    Parameters
    ----------
    text
        A number with a unit (GB is 10⁹ bytes, GiB is 2³⁰), or a number of bytes.

    Raises
    ------
    ConfigError
        If it is not an amount of memory, or less than a megabyte; the hint shows the accepted
        forms.

    Examples
    --------
    >>> [parse_size(text) for text in ("4GB", "512 mb", "1.5GiB", 4_000_000_000)]
    [4000000000, 512000000, 1610612736, 4000000000]
    """
    try:
        size = int(TypeAdapter(ByteSize).validate_python(text))
    except (ValidationError, OverflowError):
        raise ConfigError(f"{text!r} is not an amount of memory.", hint=HINT) from None
    if size < LEAST:
        raise ConfigError(f"{text!r} is less than a megabyte.", hint=HINT)
    return size


def format_size(size: int) -> str:
    """Return the shortest form that `parse_size` reads back as the same number.

    Examples
    --------
    >>> [format_size(size) for size in (4_000_000_000, 512_000_000, 1_610_612_736)]
    ['4GB', '512MB', '1610612736']
    """
    exact = (f"{size // unit}{name}" for name, unit in _UNITS.items() if size % unit == 0)
    return next(exact, str(size))
