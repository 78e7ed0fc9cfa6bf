"""What `--json` prints, command by command: the keys, their types and what they mean.

    PAYLOADS["check"].model_validate(json.loads(printed))

The layout of each is versioned: keys are added within a version, and never change their meaning.
`docs/json.md` is made from these models (`tools/manual`), and what commands print is
tested against them.
"""

from collections.abc import Mapping

from automl_cli.payloads.base import Payload, without_nan
from automl_cli.payloads.explained import Explained
from automl_cli.payloads.inspected import Inspected
from automl_cli.payloads.runs import Screens, Summary
from automl_cli.payloads.several import Blended, Submitted, Tracked, Wheelhouse
from automl_cli.payloads.tables import Audited, Checked, Predicted
from automl_cli.payloads.tested import Tested

__all__ = ["PAYLOADS", "VARIANTS", "Payload", "Summary", "without_nan"]

PAYLOADS: Mapping[str, type[Payload]] = {
    "audit": Audited,
    "fit": Summary,
    "predict": Predicted,
    "explain": Explained,
    "blend": Blended,
    "check": Checked,
    "leaderboard": Summary,
    "features": Screens,
    "track show": Tracked,
    "test": Tested,
    "submit": Submitted,
    "wheelhouse": Wheelhouse,
}
VARIANTS: Mapping[str, type[Payload]] = {  # of a command with an option: another object
    "leaderboard --candidate": Inspected,
}
