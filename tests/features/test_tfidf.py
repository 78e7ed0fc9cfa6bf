import numpy as np
import pandas as pd
import pytest

from automl_cli.core.arrays import Float32Matrix
from automl_cli.core.dataset import Column
from automl_cli.features.group import GroupState
from automl_cli.features.tfidf import TEXT

COLUMNS = (Column(name="note", role="text", reason=""),)
SUBJECTS = {
    "food": ["the soup was cold", "cold soup and bread", "bread with soup", "warm bread"],
    "travel": ["the train was late", "late train again", "train and ticket", "a late ticket"],
}
TEXTS = [text for texts in SUBJECTS.values() for text in texts] * 5


def frame_of(texts: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({"note": pd.Series(texts, dtype="str")})


def fit(texts: list[str | None], n_components: int = 32) -> GroupState | None:
    params = TEXT.make_params({"n_components": n_components})
    return TEXT.fit(frame_of(texts), COLUMNS, params)


def make(
    texts: list[str | None], known: list[str] = TEXTS, n_components: int = 32
) -> Float32Matrix:
    state = fit([*known], n_components)
    assert state is not None
    made = next(TEXT.transform(state, frame_of(texts)))
    assert made.names == tuple(f"note__svd_{1 + number}" for number in range(len(made.array)))
    return np.asarray(made.array, dtype=np.float32)


def cosine(one: Float32Matrix, other: Float32Matrix) -> float:
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def test_texts_on_one_subject_are_nearer_than_on_two():
    soup, bread, train = make(["a soup", "cold bread", "the train"], n_components=2).T
    assert cosine(soup, bread) > 0.5 > cosine(soup, train)


def test_distances_are_those_of_the_weighted_counts():
    made = make([*TEXTS])
    assert np.allclose((made**2).sum(axis=0), 2, atol=1e-4)  # words and characters: length 1 each


def test_case_and_blanks_make_no_difference():
    one, other = make(["The  SOUP\twas cold ", "the soup was cold"]).T
    assert np.array_equal(one, other)


def test_missing_empty_and_unknown_texts_are_zero():
    assert not make([None, "", "?!", "öäü 漢字"]).any()


def test_the_number_of_dimensions_is_capped_by_what_there_is():
    assert len(make(["soup"], n_components=3)) == 3
    assert len(make(["soup"], n_components=500)) < len(set(TEXTS)) + 1


@pytest.mark.parametrize(
    "texts",
    [["same words"] * 9, [""] * 9, [None] * 9, ["a", "b"], ["one"]],
    ids=["constant", "empty", "missing", "nothing shared", "one row"],
)
def test_texts_that_say_nothing_make_nothing(texts: list[str | None]):
    assert fit(texts) is None


def test_rows_in_chunks_equal_rows_alone(monkeypatch: pytest.MonkeyPatch):
    together = make([*TEXTS])
    monkeypatch.setattr("automl_cli.features.tfidf.CHUNK", 7)
    assert np.array_equal(make([*TEXTS]), together)


def test_punctuation_without_words_is_told_by_its_characters():
    made = make(["?!?!", "...---"], known=["?!?!", "...---"] * 5)
    assert not np.array_equal(made[:, 0], made[:, 1])


def test_hundreds_of_texts_beyond_the_sample_are_projected():
    known = [f"{text} {number % 37}" for number, text in enumerate(TEXTS * 20)]
    assert make([*known], known=known, n_components=8).shape == (8, len(known))
