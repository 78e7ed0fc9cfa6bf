"""Which effects and which differences are real: hypothesis tests of tables and of runs.

answer(Question(source=competition))                                 effects on the target
answer(Question(source=competition, between="sex"))                  groups compared
answer(Question(source=Path("runs/a"), compare=("cat-12", "lin-3")))  candidates compared
"""

from typing import Any, cast

from automl_cli.hypotheses.candidates import answer_candidates
from automl_cli.hypotheses.effects import answer_effects
from automl_cli.hypotheses.groups import answer_groups
from automl_cli.hypotheses.question import HypothesisQuestion, check_question
from automl_cli.hypotheses.tables import guess_target
from automl_cli.payloads import without_nan

__all__ = ["TEST_VERSION", "HypothesisQuestion", "answer", "guess_target"]

TEST_VERSION = 1  # of what `--json` prints


def answer(question: HypothesisQuestion) -> dict[str, Any]:
    """Return tests, figures and conclusions as plain values.

    Raises
    ------
    AutomlError
        For whatever the user can mend.
    """
    check_question(question)
    if question.compare is not None:
        found = answer_candidates(question, question.compare)
    elif question.between is not None:
        found = answer_groups(question, question.between)
    else:
        found = answer_effects(question)
    payload = {
        "version": TEST_VERSION,
        "level": question.level,
        "correction": question.correction,
        **found,
    }
    return cast("dict[str, Any]", without_nan(payload))
