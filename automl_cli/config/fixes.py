"""A YAML config that acts on the findings of an audit."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from automl_cli.core.events import JsonValue


def make_fixes(findings: Sequence[Mapping[str, Any]], *, extends: str) -> str:
    """Return the text of a config with what the findings propose, each told in a comment.

    Parameters
    ----------
    findings
        As `Finding.to_json` gives them.
    extends
        What the config starts from.

    Examples
    --------
    >>> finding = {"message": "'seen' tells all.", "fix": {"data.drop": ["seen"]}}
    >>> print(make_fixes([finding], extends="medium"))
    # Written by `automl audit`. Findings it fixes:
    # - 'seen' tells all.
    extends: medium
    data:
      drop:
      - seen
    """
    mended = [finding for finding in findings if finding["fix"]]
    what = "Findings it fixes:" if mended else "No finding can be fixed by a config."
    comments = [f"# Written by `automl audit`. {what}"]
    comments += [f"# - {' '.join(finding['message'].split())}" for finding in mended]
    values = {"extends": extends, **merge_fixes([finding["fix"] for finding in mended])}
    body = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    return "\n".join([*comments, body])


def merge_fixes(fixes: Sequence[Mapping[str, JsonValue]]) -> dict[str, Any]:
    """Return fixes as one nested mapping; lists of the same key are joined.

    Examples
    --------
    >>> merge_fixes([{"data.drop": ["a"]}, {"data.drop": ["b"], "validation.folds": 3}])
    {'data': {'drop': ['a', 'b']}, 'validation': {'folds': 3}}
    """
    merged: dict[str, Any] = {}
    for fix in fixes:
        for key, value in fix.items():
            *parents, last = key.split(".")
            place = merged
            for parent in parents:
                place = place.setdefault(parent, {})
            known = place.get(last)
            if isinstance(known, list) and isinstance(value, list):
                place[last] = [*known, *(one for one in value if one not in known)]
            else:
                place[last] = value
    return merged
