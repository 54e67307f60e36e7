"""Learn from a folder of photos of many people whether two faces are one person's."""

import os
from typing import NamedTuple

import numpy as np
from joblib import delayed

from ..._progress import progress_of
from ...extraction._native_threads import Workers, single_native_threads
from ...io.listing import list_images
from ...io.reading import MAX_PIXELS, read_image
from ...parameters import COUNT, FRACTION, check_number
from ..comparison.descriptions import FaceDescription, describe_face
from ..comparison.matcher import FaceMatcher
from ..landmarks.find_faces import find_faces


class TrainedMatcher(NamedTuple):
    """Result of `train_matcher`.

    Attributes
    ----------
    matcher : FaceMatcher
        Fitted; `featkit.save_model` keeps it in a file.
    without_face : list of str
        Photos in which no face was found.
    errors : list of (str, str)
        Photos that could not be read, and why.
    """

    matcher: FaceMatcher
    without_face: list[str]
    errors: list[tuple[str, str]]


def train_matcher(
    folder: str | os.PathLike[str],
    *,
    false_match_rate: float = 0.01,
    max_photos: int = 4000,
    max_pixels: int = MAX_PIXELS,
    n_jobs: int | None = None,
    progress: bool | None = None,
) -> TrainedMatcher:
    """Train face verification on a folder of photos: find and describe the faces, fit a `FaceMatcher`.

    Parameters
    ----------
    folder : str or PathLike
        One subfolder of photos for each person.
    false_match_rate : float in [0, 1], default=0.01
        Largest fraction of the pairs of strangers that the threshold may accept.
    max_photos : int, default=4000
        Where there are more, so many are drawn, as even as may be over the people: a description takes 100 KB.
    max_pixels : int, default=100_000_000
        Largest photo that is read.
    n_jobs : int or None, default=None
        Workers: threads, unless `joblib.parallel_config` says otherwise. None is 1, -1 all cores.
    progress : bool or None, default=None
        Show a bar on standard error; None does where that is a terminal.

    Returns
    -------
    trained : TrainedMatcher
        Named tuple of the matcher and of what was left out.

    Raises
    ------
    ImageReadError
        When no photos are found in subfolders.
    ValueError
        When fewer than four people have two faces or more.

    See Also
    --------
    load_matcher : Loads what was saved.
    featkit.FaceMatcher : What is fitted, with how.
    featkit.compare_faces : Takes the matcher as its verifier.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import cv2
    >>> from skimage.data import astronaut
    >>> from featkit.faces.tables import train_matcher
    >>> face = astronaut()[:256, 96:352, ::-1]
    >>> with tempfile.TemporaryDirectory() as folder:  # four people should look more different
    ...     for number in range(8):
    ...         person = Path(folder, str(number // 2))
    ...         person.mkdir(exist_ok=True)
    ...         written = cv2.imwrite(f"{person}/{number}.png", cv2.GaussianBlur(face, (0, 0), 1 + 0.3 * number))
    ...     trained = train_matcher(folder)
    >>> trained.matcher.n_persons_, trained.matcher.n_faces_, trained.errors
    (4, 8, [])
    """
    check_number("false_match_rate", false_match_rate, FRACTION)
    check_number("max_photos", max_photos, COUNT)
    listed = list_images(os.fspath(folder))
    chosen = _spread_over(np.asarray(listed.labels), max_photos)
    paths, persons = [listed.paths[k] for k in chosen], np.asarray(listed.labels)[chosen]

    def work(path):
        with single_native_threads():
            return _described(path, max_pixels)

    results = []
    with progress_of(len(paths), progress) as advance:
        for result in Workers(n_jobs, batch_size=1).results_of(delayed(work)(path) for path in paths):
            results.append(result)
            advance(1, False)
    errors = [(path, found) for path, found in zip(paths, results, strict=True) if isinstance(found, str)]
    without = [path for path, found in zip(paths, results, strict=True) if found is None]
    known = np.array([isinstance(found, FaceDescription) for found in results], dtype=bool)
    faces = [found for found in results if isinstance(found, FaceDescription)]
    if not faces:
        raise ValueError(f"Expected photos with faces in {os.fspath(folder)}, found none in {len(paths)} photos.")
    matcher = FaceMatcher(false_match_rate=false_match_rate).fit(faces, persons[known])
    return TrainedMatcher(matcher, without, errors)


def _described(path, max_pixels):
    """Description of the largest face of a photo; None without a face, a text where the photo cannot be read."""
    try:
        image = read_image(path, max_pixels=max_pixels)
    except Exception as error:  # any: one odd file must not end a run over thousands
        return f"{type(error).__name__}: {error}"
    faces = find_faces(image, which="largest")
    return describe_face(image, faces[0].points) if faces else None


def _spread_over(persons, most):
    """Places of at most so many photos, in order, taken from all people in turn."""
    if len(persons) <= most:
        return np.arange(len(persons))
    turn = np.empty(len(persons), dtype=np.int64)
    for person in np.unique(persons):
        places = np.flatnonzero(persons == person)
        turn[places] = np.arange(len(places))
    return np.sort(np.argsort(turn, kind="stable")[:most])
