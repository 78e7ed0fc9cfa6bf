"""Feature groups and the matrices made of them; the table GROUPS.

`features.state` prepares what needs no target, once a run; `features.matrix` makes the matrices of
one fold of it, target means included; `features.group` says what a group is.
"""

from automl_cli.core.registry import Registry
from automl_cli.features.calendar import CALENDAR
from automl_cli.features.categorical import COUNTS, NATIVE, ONEHOT, TARGET_MEAN
from automl_cli.features.group import Group
from automl_cli.features.numeric import FILLED, NUMERIC
from automl_cli.features.scaled import SCALED
from automl_cli.features.text import TEXT_SHAPE

GROUPS: Registry[Group] = Registry(
    "features",
    {
        "numeric": NUMERIC,
        "filled": FILLED,
        "scaled": SCALED,
        "native": NATIVE,
        "onehot": ONEHOT,
        "counts": COUNTS,
        "target_mean": TARGET_MEAN,
        "calendar": CALENDAR,
        "text_shape": TEXT_SHAPE,
    },
)
