"""How many there are of a thing, in words."""


def format_count(number: int, thing: str) -> str:
    """Return how many there are of a thing.

    Examples
    --------
    >>> [format_count(number, "candidate") for number in (0, 1, 1200)]
    ['0 candidates', '1 candidate', '1,200 candidates']
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
