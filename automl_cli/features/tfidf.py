"""What texts are about: leading dimensions of their words and character sequences.

Words and pairs of words, and sequences of 3 to 5 characters, are hashed, weighted by how few texts
have them (TF-IDF) and projected on the leading singular vectors. The state is the hashes that
count, their weights and the vectors; a row's result depends on no other row, to the last bit.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import Float32Matrix, FloatMatrix, FloatVector, IntVector
from automl_cli.core.dataset import Column
from automl_cli.core.threads import limit_blas
from automl_cli.features.finite import sample_rows
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    get_count,
    names_of_role,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]

KINDS = ("words", "characters")
SEQUENCES = {"words": (1, 2), "characters": (3, 4, 5)}
WORD = re.compile(r"\w+")
HASH_BITS = 18
MULTIPLIER, MIXER = np.uint64(0x100000001B3), np.uint64(0x9E3779B97F4A7C15)  # FNV, golden ratio
LEAST_TEXTS, MOST_HASHES = 2, 20_000
MOST_CHARACTERS = 2000  # of a text: the rest of an essay changes little
MOST_FITTED = 2_000_000  # characters, of which some 100 MB of counts are made
N_ITERATIONS = 3  # explain 98 % of what 5 do, in half the time
CHUNK = 1000  # rows whose counts are held at once
NO_SPREAD = 1e-6  # dimensions of rounding errors, or of one text repeated


def fit_text(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Learn the hashes, their weights and the vectors of each text column."""
    n_components = get_count("text", params, "n_components")
    fitted: list[list[str | int]] = []
    arrays: Arrays = {}
    for name in names_of_role(columns, "text"):
        vectors = _fit_vectors(_read_texts(frame[name]), n_components)
        if vectors:
            arrays |= {f"{len(fitted)}_{key}": array for key, array in vectors.items()}
            fitted.append([name, vectors["words_vectors"].shape[1]])
    return GroupState(meta={"columns": fitted}, arrays=arrays) if fitted else None


def transform_text(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the dimensions; a text without a known word or sequence, or a missing one, has 0."""
    for names, dimensions in _make_dimensions(state, frame):
        yield Features(kind="values", names=names, array=dimensions)


def transform_text_linear(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the dimensions of each column, of which each fold makes one prediction."""
    for names, dimensions in _make_dimensions(state, frame):
        yield Features(kind="linear", names=names, array=dimensions)


def _make_dimensions(
    state: GroupState, frame: pd.DataFrame
) -> Iterator[tuple[tuple[str, ...], Float32Matrix]]:
    for number, (name, n_vectors) in enumerate(state.meta["columns"]):
        learned = {
            key.removeprefix(f"{number}_"): array
            for key, array in state.arrays.items()
            if key.startswith(f"{number}_")
        }
        texts = _read_texts(frame[name])
        part = np.empty((n_vectors, len(texts)), dtype=np.float32)
        for start in range(0, len(texts), CHUNK):
            part[:, start : start + CHUNK] = _project(texts[start : start + CHUNK], learned).T
        yield tuple(f"{name}__svd_{k + 1}" for k in range(n_vectors)), part


def _read_texts(column: pd.Series) -> list[str]:
    # One blank between words, and one at each end, so that sequences tell where words begin.
    texts = column.fillna("").tolist()
    return [f" {' '.join(text[:MOST_CHARACTERS].lower().split())} " for text in texts]


def _fit_vectors(texts: list[str], n_components: int) -> Arrays:
    from scipy.sparse import hstack
    from sklearn.utils.extmath import randomized_svd

    length = sum(map(len, texts)) / len(texts)
    sample = [texts[row] for row in sample_rows(len(texts), int(MOST_FITTED / length) + 1)]
    learned: Arrays = {}
    for kind in KINDS:
        hashes, weights = _choose_hashes(_count(sample, kind), len(sample))
        learned |= {f"{kind}_hashes": hashes, f"{kind}_weights": weights}
    counted = hstack([_weigh(sample, learned, kind) for kind in KINDS], format="csr")
    rank = min(n_components, *(size - 1 for size in counted.shape))
    if rank < 1:
        return {}
    with limit_blas():
        left, scales, right = randomized_svd(counted, rank, n_iter=N_ITERATIONS, random_state=0)
    right = right[np.ptp(left * scales, axis=0) > NO_SPREAD].T.astype(np.float32)
    n_words = len(learned["words_hashes"])
    learned |= {"words_vectors": right[:n_words], "characters_vectors": right[n_words:]}
    return learned if right.size else {}


def _choose_hashes(counts: "csr_array", n_texts: int) -> tuple[IntVector, FloatVector]:
    # Hashes of at least two texts, the most frequent ones, with their inverse text frequency.
    frequencies = np.bincount(counts.indices, minlength=counts.shape[1])
    most = np.argsort(-frequencies, kind="stable")[:MOST_HASHES]
    hashes = np.sort(most[frequencies[most] >= LEAST_TEXTS])
    return hashes, np.log((1 + n_texts) / (1 + frequencies[hashes])) + 1


def _project(texts: list[str], learned: Arrays) -> FloatMatrix:
    # Sparse products run row by row, dense ones would round by the number of rows.
    parts = [_weigh(texts, learned, kind) @ learned[f"{kind}_vectors"] for kind in KINDS]
    return np.asarray(parts[0] + parts[1])


def _weigh(texts: list[str], learned: Arrays, kind: str) -> "csr_array":
    # Rows of length 1, so that words and characters count the same; the root is exact, a log not.
    counts = _count(texts, kind)[:, learned[f"{kind}_hashes"]]
    counts.data = np.sqrt(counts.data) * learned[f"{kind}_weights"][counts.indices]
    squares = counts.power(2) @ np.ones(counts.shape[1])
    lengths = np.sqrt(np.where(squares > 0, squares, 1))
    counts.data /= np.repeat(lengths, np.diff(counts.indptr))
    return counts


def _count(texts: list[str], kind: str) -> "csr_array":
    """Return how often each text has each hash, shape (texts, 2 ** HASH_BITS)."""
    from scipy.sparse import csr_array

    units, sizes = _read_words(texts) if kind == "words" else _read_characters(texts)
    owners = np.repeat(np.arange(len(texts)), sizes)
    rows, columns = [], []
    hashes = units
    for length in range(1, max(SEQUENCES[kind]) + 1):
        if length > 1:
            hashes = hashes[:-1] * MULTIPLIER + units[length - 1 :]
        within = owners[: len(hashes)] == owners[length - 1 :]  # not across the end of a text
        if length in SEQUENCES[kind]:
            rows.append(owners[: len(hashes)][within])
            columns.append((hashes[within] * MIXER) >> np.uint64(64 - HASH_BITS))
    places = (np.concatenate(rows), np.concatenate(columns).astype(np.int64))
    ones = np.ones(len(places[0]))
    counted = csr_array((ones, places), shape=(len(texts), 2**HASH_BITS))
    counted.sort_indices()
    return counted


def _read_words(texts: list[str]) -> tuple[npt.NDArray[np.uint64], list[int]]:
    words = [WORD.findall(text) for text in texts]
    codes = [crc32(word.encode("utf-8", "replace")) for row in words for word in row]
    return np.array(codes, dtype=np.uint64), [len(row) for row in words]


def _read_characters(texts: list[str]) -> tuple[npt.NDArray[np.uint64], list[int]]:
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype=np.uint32)
    return letters.astype(np.uint64), [len(text) for text in texts]


TEXT = FeatureGroup(
    name="text",
    fit=fit_text,
    transform=transform_text,
    defaults={"n_components": 32},
)
TEXT_LINEAR = FeatureGroup(
    name="text_linear",
    fit=fit_text,
    transform=transform_text_linear,
    defaults={"n_components": 200},
    is_screened=False,
)
