"""Clusters that do not depend on the number of threads."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def single_thread() -> Iterator[None]:
    """Let OpenMP and BLAS use one thread while clusters are fitted.

    k-means of scikit-learn adds up what its threads found, in another order on another number of threads; the last bits
    of the centres would depend on the machine.
    """
    with threadpool_limits(limits=1):
        yield
