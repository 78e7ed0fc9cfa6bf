"""Fixtures for the search."""

from pathlib import Path

import pytest
from sites import Site, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)
