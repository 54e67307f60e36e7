"""Every face of any number of photos, a row each, in one table: `faces_to_file`."""

import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from ...exceptions import FileWriteError, LeftOutWarning, shown
from ...extraction.rows._files import (
    Result,
    check_picture_of,
    error_text,
    featkit_version,
    refuse_inside,
    work_through,
    write_check_picture,
)
from ...extraction.rows._journal import identity_of
from ...extraction.rows._tables import check_table_path, write_table
from ...io.inputs.items import Item
from ...io.reading import MAX_PIXELS, read_image
from ...parameters import FROM_0, InvalidParameterError, check_number, check_option
from ..comparison.matcher import FaceMatcher
from ..detection.detection import ONE_FACE
from ..landmarks.find_faces import find_faces
from ..landmarks.schemes.known_schemes import scheme_of
from ..landmarks.schemes.landmark_scheme import LandmarkScheme
from ._check_picture import check_picture
from ._columns import empty_row, rows_of_photo, table_columns
from ._given import given_faces, in_order
from ._known import KnownFaces, known_faces
from ._names import check_names, name_on
from ._pairs import write_pairs

FORMAT = 1  # of the journal


class FacesResult(NamedTuple):
    """Result of `faces_to_file`: what was counted.

    Attributes
    ----------
    n_images, n_faces : int
        Photos, and faces on them.
    n_without_face : int
        Photos on which no face was found.
    n_matched : int
        Faces that are a known person's; 0 without known people.
    n_errors : int
        Photos that could not be used: see the column ``error``.
    n_kept : int
        Photos that an earlier run had done.
    """

    n_images: int
    n_faces: int
    n_without_face: int
    n_matched: int
    n_errors: int
    n_kept: int


def faces_to_file(
    images: str | os.PathLike | Iterable[Any],
    path: str | os.PathLike,
    *,
    which: str = "all",
    landmarks: str | os.PathLike[str] | None = None,
    scheme: str | LandmarkScheme = "300w",
    names: str | None = None,
    known: str | os.PathLike[str] | None = None,
    threshold: float | None = None,
    verifier: FaceMatcher | None = None,
    pairs: str | os.PathLike[str] | None = None,
    check_pictures: str | os.PathLike[str] | None = None,
    max_pixels: int = MAX_PIXELS,
    n_jobs: int | None = None,
    progress: bool | None = None,
) -> FacesResult:
    """Find and measure every face on photos and write a CSV or Parquet table; started again, go on where it stopped.

    Parameters
    ----------
    images : str, PathLike, list or iterable
        A folder, a CSV file with a column ``path``, an archive, or a list of paths, as in `extract_to_parquet`.
    path : str or PathLike
        Ends in ``.csv`` or ``.parquet``; replaced where it exists, whole or not at all. Units and meanings of the
        columns are in the metadata of a Parquet file, and beside a CSV file in ``NAME.csv-metadata.json``.
    which : {"all", "largest", "central"}, default="all"
        Which faces of a photo, as in `featkit.detect_faces`.
    landmarks : str, PathLike or None, default=None
        File of landmarks of another detector, or marked by hand, that names the image of each face: what
        `featkit.faces.exchange.read_landmarks` reads. Faces are not looked for then; the columns score, tilt and
        quality are empty. None finds faces and their 68 points.
    scheme : str or LandmarkScheme, default="300w"
        What the points of that file are: a name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of
        one's own. `known`, `verifier` and `pairs` take 300-W's points alone.
    names : str or None, default=None
        Adds the column ``name``: ``"folder"``, the folder that a photo is in, or a pattern of file names without suffix
        such as ``"{name}_*"``, in which ``*`` is anything. Empty where it does not fit.
    known : str, PathLike or None, default=None
        Folder of photos of known people, a subfolder each, or a photo each that is called by the person's name; the
        largest face of each photo counts. Adds ``match``, empty where no score reaches the threshold, ``best_known``
        and ``match_score``.
    threshold : float >= 0 or None, default=None
        Least score of a match. None: that of the verifier; without one a similarity of 0.82, see the Notes.
    verifier : fitted FaceMatcher or None, default=None
        Gives the scores, as probabilities; None: similarity of HOG and LBP at landmarks.
    pairs : str, PathLike or None, default=None
        CSV file for the scores of all pairs of faces, a matrix; takes 0.1 MB of memory for each face.
    check_pictures : str, PathLike or None, default=None
        Folder for a drawing of each photo with its faces.
    max_pixels : int, default=100_000_000
        Largest photo that is read.
    n_jobs : int or None, default=None
        Workers: threads, unless `joblib.parallel_config` says otherwise. None is 1, -1 all cores.
    progress : bool or None, default=None
        Show a bar on standard error; None does where that is a terminal.

    Returns
    -------
    result : FacesResult
        Named tuple with the counts.

    Raises
    ------
    FileWriteError
        When a file cannot be written.
    ImageReadError
        When no images are found, or a photo of a known person cannot be read.
    SubjectNotFoundError
        When no photo of a known person shows a face.
    LandmarkFormatError
        When the file of landmarks is none, has not the points of the scheme, or does not name the images.
    InvalidParameterError, ValueError
        When a parameter is none of the allowed ones.

    Warns
    -----
    LeftOutWarning
        When the pattern of `names` fits no file name.

    See Also
    --------
    featkit.faces.landmarks.find_faces : The faces of one image in memory.
    featkit.LandmarkGeometry : The measures, as a transformer.
    train_matcher : Learns a verifier.

    Notes
    -----
    Columns: ``path``, ``face`` (number), ``count`` (faces of the photo), the box, ``score``, ``certain``, ``tilt``,
    ``quality``, the 68 landmarks (``landmark_00_row``, ...), all measures of
    `featkit.faces.description.landmark_geometry` (distances, angles, openings, asymmetry corrected for pose, head
    pose), and ``error``. A photo without a face, or that cannot be read, has one row.

    A similarity of 0.82 is reached by one of a hundred pairs of strangers among 40 people in one studio: with many
    known people there will be wrong matches. None of this is a proof of identity, see `featkit.FaceVerifier`.

    The hidden file ``.NAME.csv.journal`` keeps what is done: the same call made again looks only at photos that are
    new, have changed, or gave an error.

    Examples
    --------
    >>> import tempfile
    >>> import cv2, pandas as pd
    >>> from skimage.data import astronaut
    >>> from featkit.faces.tables import faces_to_file
    >>> folder = tempfile.mkdtemp()
    >>> written = cv2.imwrite(f"{folder}/eileen_1.png", astronaut()[..., ::-1])
    >>> result = faces_to_file(folder, f"{folder}/faces.csv", which="largest", names="{name}_*")
    >>> result.n_images, result.n_faces, result.n_errors
    (1, 1, 0)
    >>> pd.read_csv(f"{folder}/faces.csv")[["name", "face", "certain"]].values.tolist()
    [['eileen', 1, True]]
    """
    out = Path(path)
    check_table_path(out)
    check_option("which", which, (*ONE_FACE, "all"))
    check_names(names)
    if threshold is not None:
        check_number("threshold", threshold, FROM_0)
    if pairs is not None and not isinstance(images, (str, os.PathLike)):
        images = list(images)  # read twice
    pictures = None if check_pictures is None else Path(check_pictures)
    root = refuse_inside(images, pictures)
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    order = scheme_of(scheme)
    _check_scheme(order, landmarks is not None, compares=not (known is verifier is pairs is None))
    given = None if landmarks is None else given_faces(landmarks, order, are_named=True)
    people = None if known is None else known_faces(known, verifier, threshold, max_pixels)
    columns = table_columns(names is not None, people is not None, order)

    def work(item: Item) -> Result:
        name: dict[str, Any] = {} if names is None else {"name": name_on(item.name, names)}
        try:
            if isinstance(item.source, Exception):
                raise item.source
            image = read_image(item.source, max_pixels=max_pixels)
            if given is None:
                faces = find_faces(image, which=which)
            else:
                faces = in_order(given.of(item.name, image), which, image.shape)
            who = [{}] * len(faces) if people is None else people.who(image, faces)
            if pictures is not None:
                write_check_picture(check_picture_of(item, pictures, root), check_picture(image, faces, _labels(who)))
        except FileWriteError:
            raise
        except Exception as error:  # any: one odd photo must not end a run over thousands
            return {"rows": [empty_row(item.name, columns, error=error_text(error), **name)], "failed": True}
        more = [one | name for one in who] or [name]
        return {"rows": rows_of_photo(item.name, columns, faces, more, order), "failed": False}

    def is_whole(item: Item, result: Result) -> bool:
        return pictures is None or check_picture_of(item, pictures, root).is_file()

    settings: dict[str, Any] = {"which": which, "names": names, "max_pixels": max_pixels, "format": FORMAT}
    settings |= {"featkit": featkit_version(), "known": _told(people)}
    if landmarks is not None:
        settings |= {"landmarks": identity_of(landmarks), "scheme": order.name}
    journal = out.with_name(f".{out.name}.journal")
    rows, n_images, n_failed, n_kept = work_through(
        images, journal, settings, _identity, work, is_whole, n_jobs=n_jobs, progress=progress
    )
    write_table(out, columns, rows, settings)
    place = {column.name: index for index, column in enumerate(columns)}
    if names is not None and rows and all(row[place["name"]] is None for row in rows):
        warnings.warn(
            f"The pattern names={shown(names)} fits none of the {n_images} file names: the column name is empty.",
            LeftOutWarning,
            stacklevel=2,
        )
    if pairs is not None:
        write_pairs(Path(pairs), images, columns, rows, verifier, max_pixels=max_pixels, n_jobs=n_jobs)
    n_faces = sum(row[place["face"]] is not None for row in rows)
    n_without = sum(row[place["count"]] == 0 for row in rows)
    n_matched = sum(bool(row[place["match"]]) for row in rows) if people is not None else 0
    return FacesResult(n_images, n_faces, n_without, n_matched, n_failed, n_kept)


def _check_scheme(scheme, is_given, compares):
    if scheme.name != "300w" and (compares or not is_given):
        what = "known, verifier and pairs compare" if is_given else "what is looked for are"
        raise InvalidParameterError(
            f"The 'scheme' parameter must be \"300w\" here, got {shown(scheme.name)}: {what} "
            "300-W's points; other points come from a file, given as landmarks."
        )


def _told(people: KnownFaces | None) -> dict[str, Any] | None:
    """What results depend on of known people."""
    if people is None:
        return None
    matcher = people.matcher
    learnt = None if matcher is None else [matcher.threshold_, *matcher.verifier_.coef_.ravel().tolist()]
    return {"photos": people.identity, "threshold": people.threshold, "verifier": learnt}


def _labels(who: list[dict[str, Any]]) -> list[str]:
    return [f"{number} {one['match']}" if one.get("match") else str(number) for number, one in enumerate(who, start=1)]


def _identity(item: Item) -> str:
    return identity_of(item.source)
