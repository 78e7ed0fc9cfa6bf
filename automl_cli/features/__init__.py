"""Feature groups and the matrices made of them; the table GROUPS.

`features.state` prepares what needs no target, once a run; `features.matrix` makes the matrices of
one fold of it, target means included; `features.group` says what a group is.
"""

from automl_cli.core.registry import Registry
from automl_cli.features.arithmetic import ARITHMETIC
from automl_cli.features.calendar import CALENDAR
from automl_cli.features.categorical import COUNTS, NATIVE, ONEHOT, TARGET_MEAN
from automl_cli.features.crosses import CROSSES
from automl_cli.features.digits import DIGITS
from automl_cli.features.exact_value import EXACT_VALUE
from automl_cli.features.group import FeatureGroup
from automl_cli.features.group_stats import GROUP_STATS
from automl_cli.features.missing import MISSING
from automl_cli.features.numeric import FILLED, NUMERIC
from automl_cli.features.original_mean import ORIGINAL_MEAN
from automl_cli.features.original_teacher import ORIGINAL_TEACHER
from automl_cli.features.random_subsets import RANDOM_SUBSETS
from automl_cli.features.resolutions import RESOLUTIONS
from automl_cli.features.rows import ROWS
from automl_cli.features.scaled import SCALED
from automl_cli.features.text import TEXT_SHAPE
from automl_cli.features.tfidf import TEXT, TEXT_LINEAR

GROUPS: Registry[FeatureGroup] = Registry(
    "features",
    {
        "numeric": NUMERIC,
        "filled": FILLED,
        "scaled": SCALED,
        "native": NATIVE,
        "onehot": ONEHOT,
        "counts": COUNTS,
        "target_mean": TARGET_MEAN,
        "exact_value": EXACT_VALUE,
        "resolutions": RESOLUTIONS,
        "crosses": CROSSES,
        "random_subsets": RANDOM_SUBSETS,
        "digits": DIGITS,
        "arithmetic": ARITHMETIC,
        "group_stats": GROUP_STATS,
        "rows": ROWS,
        "missing": MISSING,
        "calendar": CALENDAR,
        "text_shape": TEXT_SHAPE,
        "text": TEXT,
        "text_linear": TEXT_LINEAR,
        "original_mean": ORIGINAL_MEAN,
        "original_teacher": ORIGINAL_TEACHER,
    },
)
