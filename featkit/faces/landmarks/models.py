"""Model files of landmark prediction: where they are looked for, their SHA-256, what their licences allow."""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from ...exceptions import ModelFileError, shown

FOLDERS_VARIABLE = "FEATKIT_MODELS"
_PACKAGE = "face_recognition_models"
_DEBIAN_FOLDER = Path("/usr/share/dlib")  # of the package libdlib-data


@dataclass(frozen=True)
class _KnownModel:
    file: str
    sha256: str
    license: str
    commercial_use: bool


KNOWN_MODELS = {
    "landmarks_5": _KnownModel(
        file="shape_predictor_5_face_landmarks.dat",
        sha256="c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
        license="CC0-1.0; trained on 7,198 faces that the author of dlib labelled himself",
        commercial_use=True,
    ),
    "landmarks_68": _KnownModel(
        file="shape_predictor_68_face_landmarks.dat",
        sha256="fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f",
        license="CC0-1.0 for the file, but trained on iBUG 300-W, whose licence excludes commercial use",
        commercial_use=False,
    ),
}


@dataclass(frozen=True)
class LandmarkModelFile:
    """File of a trained landmark model: path, SHA-256 and licence.

    Parameters
    ----------
    name : str
        Name of the model, such as ``"landmarks_68"``.
    path : pathlib.Path
        Where the file is.
    sha256 : str
        SHA-256 of the file, in hexadecimal digits.
    license : str
        Licence of the file and, where it matters, of what it was trained on.
    commercial_use : bool or None
        Whether the model may be used in a commercial product; None where that is not known.

    See Also
    --------
    find_model : Finds the file and checks it.

    Examples
    --------
    >>> from featkit.faces.landmarks import find_model
    >>> find_model("landmarks_5").name
    'landmarks_5'
    """

    name: str
    path: Path
    sha256: str
    license: str
    commercial_use: bool | None


def find_model(name: str, *, path: str | os.PathLike | None = None, trust: bool = False) -> LandmarkModelFile:
    """Find the file of a trained landmark model and verify its SHA-256.

    Looked through in this order: `path`; the folders in the environment variable ``FEATKIT_MODELS`` (several are
    separated as in ``PATH``); the installed package ``face_recognition_models``, which is located but never imported;
    ``/usr/share/dlib``, the folder of Debian's ``libdlib-data``. Nothing is ever downloaded.

    Parameters
    ----------
    name : {"landmarks_5", "landmarks_68"}
        dlib's landmark models: the corners of the eyes and the base of the nose, or the 68 points of 300-W.
    path : str, path or None, default=None
        The file itself, looked for nowhere else.
    trust : bool, default=False
        Whether a file that is not the known one is accepted. Nobody has checked where such a file places points:
        trust only those that you made or whose source you know.

    Returns
    -------
    model : LandmarkModelFile
        With ``path``, ``sha256``, ``license`` and ``commercial_use``.

    Raises
    ------
    ModelFileError
        When there is no such file, or a file of another hash and `trust` is False.

    See Also
    --------
    FaceLandmarks : Uses these models.
    featkit.LandmarkPredictor : Trains a model of your own.

    References
    ----------
    https://github.com/davisking/dlib-models says how the files were made and what they may be used for.
    Sagonas et al. 2013, "300 Faces in-the-Wild Challenge", doi:10.1109/ICCVW.2013.59.

    Examples
    --------
    >>> from featkit.faces.landmarks import find_model
    >>> find_model("landmarks_5").commercial_use
    True
    """
    if name not in KNOWN_MODELS:
        raise ValueError(f"Expected the name of a model, one of {sorted(KNOWN_MODELS)}, got {shown(name)}.")
    known = KNOWN_MODELS[name]
    path = _first_file(name, known.file) if path is None else Path(path)
    if not path.is_file():
        raise ModelFileError(f"Expected the file of the model {name!r}, there is none at {path}.", path=str(path))
    status = path.stat()
    sha256 = _sha256(path, status.st_mtime_ns, status.st_size)
    if sha256 == known.sha256:
        return LandmarkModelFile(name, path, sha256, known.license, known.commercial_use)
    if not trust:
        raise ModelFileError(
            f"Expected the known file of the model {name!r} (SHA-256 {known.sha256}), got {path} (SHA-256 {sha256}). "
            "Where you know its source, say trust=True.",
            path=str(path),
        )
    return LandmarkModelFile(name, path, sha256, "unknown", None)


def _first_file(name, file):
    folders = [Path(folder) for folder in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep) if folder]
    package = find_spec(_PACKAGE)
    if package is not None:
        folders += [Path(place) / "models" for place in package.submodule_search_locations or ()]
    folders.append(_DEBIAN_FOLDER)
    for folder in folders:
        if (folder / file).is_file():
            return folder / file
    raise ModelFileError(
        f"The file {file} of the model {name!r} was found in none of {[str(folder) for folder in folders]}. "
        'Install it with: pip install "featkit-images[faces]" (or apt-get install libdlib-data for the 68 points), or '
        f"name the file itself, or its folder in the environment variable {FOLDERS_VARIABLE}."
    )


@lru_cache(maxsize=16)
def _sha256(path, modified, size):
    """Hash of a file; a changed file has another time or size."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
