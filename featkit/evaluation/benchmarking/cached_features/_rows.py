"""Rows of all images of a benchmark, extracted once and used in every fold."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import joblib
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from ....augmentation.corruptions import Corrupter
from ....io.image_reader import ImageReader
from ....io.inputs.chunks import chunk_slices
from ..._subsets import take
from ...robustness import Change
from .._costs import PeakMemory, one_native_thread
from ._split import Shared, SplitCandidate, split_candidate

MOST_BYTES = 2**29  # of the rows of all candidates together; what does not fit is extracted in every fold


class CachedRows(NamedTuple):
    """Rows of a candidate, and what extracting those of the unchanged images has cost.

    Attributes
    ----------
    tables : list of list of ndarray
        For the unchanged images and for each change, where these are kept: one table per extractor, a row per image.
    milliseconds : dict of str to float
        Per image, by stage.
    peak_mb : float
        The most memory that came on top.
    """

    tables: list[list[np.ndarray]]
    milliseconds: dict[str, float]
    peak_mb: float


class _Extracted(NamedTuple):
    tables: list[list[np.ndarray]]
    seconds: dict[str, float]
    peak_mb: float


class Planned(NamedTuple):
    """A candidate with every seed set, and the changes under which its rows are kept, too."""

    candidate: Pipeline
    changes: tuple[Change, ...]


def plan_rows(
    candidates: Mapping[str, BaseEstimator],
    changes: Sequence[Change],
    X: np.ndarray | list,
    used: np.ndarray,
    *,
    tested_again: bool,
    most_bytes: int = MOST_BYTES,
) -> dict[str, Planned]:
    """Choose the candidates whose rows are kept: those that fit, in their order.

    Parameters
    ----------
    candidates : dict of str to estimator
        With every seed set.
    changes : sequence of Change
        Of the test images.
    X : batch
    used : int ndarray
        Indices of the images that some fold uses.
    tested_again : bool
        Whether an image is tested in several folds, so that rows of changed images are worth keeping.
    most_bytes : int, default=MOST_BYTES
        Limit of all rows together.

    Returns
    -------
    plans : dict of str to Planned
    """
    kept_changes = tuple(changes) if tested_again and all(_depends_on_image(change) for change in changes) else ()
    plans = {}
    for name, candidate in candidates.items():
        split = split_candidate(candidate)
        if split is None or (one := _unless_failing(_described, split, X, used[:1])) is None:
            continue
        n_bytes = len(X) * sum(table.nbytes for table in one)
        for of_candidate in (kept_changes, ()) if kept_changes else ((),):
            if n_bytes * (1 + len(of_candidate)) <= most_bytes:
                most_bytes -= n_bytes * (1 + len(of_candidate))
                plans[name] = Planned(candidate, of_candidate)
                break
    return plans


def _described(split: SplitCandidate, X: np.ndarray | list, first: np.ndarray) -> list[np.ndarray]:
    image = take(X, first)
    return split.fit(image).describe(image)[0]


def _depends_on_image(change: Change) -> bool:
    return type(change.transformer) is Corrupter  # drawn by the pixels of each image


def _unless_failing(call: Callable[..., Any], *arguments: Any) -> Any:
    """None where a candidate fails: without kept rows it fails again in its fold, which says where."""
    try:
        return call(*arguments)
    except Exception:  # of whatever kind, see above
        return None


def n_chunks(X: np.ndarray | list, used: np.ndarray) -> int:
    """How often `extract_rows` calls `advance`."""
    return len(_chunks(X, used))


def _chunks(X: np.ndarray | list, used: np.ndarray) -> list[np.ndarray]:
    batch = X if len(used) == len(X) else take(X, used)
    return [used[part] for part in chunk_slices(batch, None)]


def extract_rows(
    plans: Mapping[str, Planned],
    X: np.ndarray | list,
    used: np.ndarray,
    *,
    n_jobs: int | None,
    advance: Callable[..., None],
) -> dict[str, CachedRows]:
    """Extract the rows of all used images, a chunk at a time.

    Parameters
    ----------
    plans : dict of str to Planned
        See `plan_rows`.
    X : batch
    used : int ndarray
        Indices of images.
    n_jobs : int or None
        Chunks at a time, by joblib.
    advance : callable
        Called after each chunk.

    Returns
    -------
    rows : dict of str to CachedRows
        Without the candidates that failed on an image.
    """
    failed: set[str] = set()
    found = {name: CachedRows([[] for _ in range(1 + len(plan.changes))], {}, 0.0) for name, plan in plans.items()}
    for rows, of_chunk in _extracted_chunks(plans, X, _chunks(X, used), n_jobs):
        for name, extracted in of_chunk.items():
            if extracted is None or not _put(found[name].tables, extracted.tables, rows, len(X)):
                failed.add(name)
                continue
            spent, peak = found[name].milliseconds, max(found[name].peak_mb, extracted.peak_mb)
            more = {stage: 1000 * seconds / len(used) for stage, seconds in extracted.seconds.items()}
            spent = {stage: spent.get(stage, 0.0) + milliseconds for stage, milliseconds in more.items()}
            found[name] = CachedRows(found[name].tables, spent, peak)
        advance("features")
    return {name: cached for name, cached in found.items() if name not in failed}


def _put(tables: list[list[np.ndarray]], extracted: list[list[np.ndarray]], rows: np.ndarray, n_images: int) -> bool:
    """Write the rows of a chunk into the tables of all images; False where they do not fit those before."""
    for of_all, of_chunk in zip(tables, extracted, strict=True):
        if not of_all:
            of_all += [np.zeros((n_images, part.shape[1]), part.dtype) for part in of_chunk]
        for table, part in zip(of_all, of_chunk, strict=True):
            if table.shape[1] != part.shape[1] or table.dtype != part.dtype:
                return False
            table[rows] = part
    return True


def _extracted_chunks(
    plans: Mapping[str, Planned], X: np.ndarray | list, chunks: list[np.ndarray], n_jobs: int | None
) -> Iterator[tuple[np.ndarray, dict[str, _Extracted | None]]]:
    if not plans:
        return
    if joblib.effective_n_jobs(n_jobs) == 1 or len(chunks) == 1:
        yield from ((rows, _extract_chunk(plans, X, rows, chunks[0][:1])[1]) for rows in chunks)
        return
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    yield from parallel(joblib.delayed(_extract_chunk)(plans, X, rows, chunks[0][:1]) for rows in chunks)


def _extract_chunk(
    plans: Mapping[str, Planned], X: np.ndarray | list, rows: np.ndarray, first: np.ndarray
) -> tuple[np.ndarray, dict[str, _Extracted | None]]:
    """Rows of some images, by candidate; None for one that fails. All are fitted on the first image: equal sizes."""
    found: dict[str, _Extracted | None] = {}
    splits: dict[str, SplitCandidate] = {}
    with one_native_thread():
        images = take(X, rows)
        shared: dict[str, Shared] = {}
        for name, plan in plans.items():
            splits[name] = SplitCandidate(plan.candidate)
            is_ready = _unless_failing(_described, splits[name], X, first) is not None  # kernels are loaded
            with PeakMemory() as peak:
                described = _unless_failing(splits[name].describe, images, shared) if is_ready else None
            found[name] = described and _Extracted([described[0]], described[1], peak.mb)
        changes = max((plan.changes for plan in plans.values()), key=len, default=())
        opened = _unless_failing(ImageReader().fit_transform, images) if changes else None
        for change in changes:
            shared = {}
            changed = _unless_failing(change.transformer.fit_transform, opened)
            for name, plan in plans.items():
                extracted = found[name]
                if plan.changes and extracted is not None:
                    more = _unless_failing(splits[name].describe, changed, shared)
                    found[name] = more and extracted._replace(tables=[*extracted.tables, more[0]])
    return rows, found
