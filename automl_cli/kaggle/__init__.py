"""Competitions of Kaggle, through the official ``kaggle`` package: download, upload, score.

    fetched = fetch_files("titanic", Path("titanic"), listener)
    api = open_api()
    ref = upload(api, "titanic", Path("submission.csv"), "first try")
    read_score(api, "titanic", ref)

The package is an extra of this one, and imported only where it is needed.
"""

from automl_cli.kaggle.api import Api
from automl_cli.kaggle.client import check_competition, open_api
from automl_cli.kaggle.files import Fetched, fetch_files
from automl_cli.kaggle.metrics import match_metric
from automl_cli.kaggle.scores import SubmissionScore, read_score, upload

__all__ = [
    "Api",
    "Fetched",
    "SubmissionScore",
    "check_competition",
    "fetch_files",
    "match_metric",
    "open_api",
    "read_score",
    "upload",
]
