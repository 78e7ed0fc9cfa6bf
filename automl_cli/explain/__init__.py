"""What a run has learned of its columns, how surely, and which way.

`explain` does the work; `read_explanation` gives what an earlier command has found out.
"""

from automl_cli.explain.explaining import ExplainRequest, explain
from automl_cli.explain.files import read_explanation

__all__ = ["ExplainRequest", "explain", "read_explanation"]
