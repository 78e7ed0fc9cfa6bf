"""Figures and candidates as people read them."""


def format_number(value: float | None, digits: int = 6) -> str:
    """Return a figure as tables show it."""
    return "undefined" if value is None else f"{value:.{digits}g}"


def format_clock(seconds: float) -> str:
    """Return a time as a clock shows it, to the second.

    Examples
    --------
    >>> [format_clock(seconds) for seconds in (-1, 9.6, 59.7, 229, 3725)]
    ['0 s', '10 s', '1:00', '3:49', '1:02:05']
    """
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02}"
    return f"{minutes}:{rest:02}" if minutes else f"{rest} s"


def format_bytes(n_bytes: float) -> str:
    """Return an amount of memory in the units of ``--memory``.

    Examples
    --------
    >>> [format_bytes(n_bytes) for n_bytes in (512e6, 1.24e9, 64e9)]
    ['512 MB', '1.2 GB', '64.0 GB']
    """
    return f"{n_bytes / 1e6:.0f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.1f} GB"


def format_candidate(key: str, description: str | None) -> str:
    """Return the key of a candidate with what it is.

    Examples
    --------
    >>> format_candidate("linear-1", "counts; C 3"), format_candidate("linear-1", "")
    ('linear-1 (counts; C 3)', 'linear-1')
    """
    return f"{key} ({description})" if description else key
