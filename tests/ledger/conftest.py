"""The story to be attacked; counting queries."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.database import application, attacker, told

__all__ = ["application", "attacker", "exact_queries", "told"]


@pytest.fixture
def exact_queries() -> Callable[[int], AbstractContextManager[None]]:
    """Assert how many queries a block takes."""

    @contextmanager
    def exactly(expected: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        assert len(captured) == expected, [query["sql"][:200] for query in captured]

    return exactly
