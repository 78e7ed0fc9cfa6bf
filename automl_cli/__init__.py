"""AutoML for tabular competitions: from train.csv to a leak-free submission.csv."""

__version__ = "0.1.0"
