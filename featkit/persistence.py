"""Save a pipeline to a file and load it, on skops: nothing in the file runs but types that are trusted.

Types of featkit stand in the file by their public names (``featkit.HOG``), not by the modules that define them, so that
a saved model survives when a file moves; what was renamed since is in the two tables below.
"""

import copy
import inspect
import io
import json
import os
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

import featkit

from ._optional import require
from .base._saved_trees import TREES, refuse_unsound_trees
from .exceptions import FeatkitError, shown_path
from .io.places import read_file
from .io.writing import write_atomically

NOTE = "featkit.json"  # member of the file that tells the version, beside those of skops
RENAMED_TYPES = {  # what saved models may still call by an old name
    "ColorCoherence": "ColorCoherenceVector",
    "CoverageQuantiles": "AreaIntegralInvariant",
    "LocalVariance": "RotationInvariantVariance",
    "NeighborhoodDifferences": "NGTDM",
    "Perturber": "Corrupter",
    "RunLengths": "GLRLM",
    "SizeZones": "GLSZM",
    "TrainOnCopies": "AugmentedClassifier",
}
RENAMED_ATTRIBUTES = {
    "AugmentedClassifier": {"n_copies": "n_augmented", "perturbation": "corruption"},
    "Resizer": {"_fit": "mode"},
}
READ_AND_BELIEVED = {"cache", "memory", "path"}  # places of what is taken for true, unpickled, or run as a network
FUNCTION_NAME = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class SavedModelWarning(UserWarning):
    """A saved pipeline comes from another version of featkit, whose features may have had other values."""


class SavedModelError(FeatkitError, ValueError):
    """A file is no saved pipeline, comes from another major version, or holds types that are not trusted."""


def save_model(pipeline: BaseEstimator, path: str | os.PathLike) -> None:
    """Save a fitted pipeline, classifier or transformer.

    Parameters
    ----------
    pipeline : estimator
        Fitted or not.
    path : str or PathLike
        Overwritten where it exists; whole or not at all. By custom it ends in ``.skops``.

    Raises
    ------
    FileWriteError
        When the file cannot be written; one that was there stays.

    See Also
    --------
    load_model : The way back.

    Examples
    --------
    >>> import tempfile
    >>> from featkit import HOG, load_model, save_model
    >>> file = tempfile.mkdtemp() + "/hog.skops"
    >>> save_model(HOG(orientations=8), file)
    >>> load_model(file)
    HOG(orientations=8)
    """
    content = _with_public_names(require("skops.io", extra="models").dumps(_without_indexes(pipeline)))
    write_atomically(path, lambda stream: stream.write(content))


def load_model(path: str | os.PathLike, *, trusted: Sequence[str] = ()) -> BaseEstimator:
    """Load what `save_model` saved, if all in it can be trusted.

    Parameters
    ----------
    path : str or PathLike
        The file.
    trusted : list of str, default=()
        Types to allow besides those of featkit and those that skops trusts (NumPy's, SciPy's, scikit-learn's; sound
        trees of gradient boosting), such as ``"mypackage.MyStep"``; likewise what parameters name: a function
        (``mask="mypackage:segment"``), the path of a ``cache``, a ``memory`` or a network, and a ``model_path`` with
        ``trust=True``. Look at each before you name it: it will run.

    Returns
    -------
    pipeline : estimator
        As it was saved.

    See Also
    --------
    save_model : Writes the file.
    skops_trusted_types : What is trusted anyway.

    Raises
    ------
    SavedModelError
        When the file is no saved pipeline, was saved by another major version of featkit or by a later one than this,
        holds a parameter that there is no more, or holds what is not trusted; the message names it.

    Warns
    -----
    SavedModelWarning
        When it was saved by a version 0.x of featkit with a smaller x. It is migrated: what was renamed since has its
        new name, and parameters that are new have their defaults.

    Examples
    --------
    >>> import tempfile
    >>> from featkit import Resizer, load_model, save_model
    >>> file = tempfile.mkdtemp() + "/resizer.skops"
    >>> save_model(Resizer(mode="pad"), file)
    >>> load_model(file)
    Resizer(mode='pad')
    """
    skops = require("skops.io", extra="models")
    content = _content(path)
    with _damage_told(path):
        theirs = _version_in(content)
        series = _series(theirs)
    if series[0] != _series(featkit.__version__)[0] or series > _series(featkit.__version__):
        raise SavedModelError(
            f"{path} was saved by featkit {theirs}, this is featkit {featkit.__version__}: features may have changed. "
            "Load it with the version that saved it, or train it again."
        )
    if series != _series(featkit.__version__) and series[0] == 0:
        warnings.warn(
            f"{path} was saved by featkit {theirs}, this is featkit {featkit.__version__}: before 1.0 features may "
            "change with the second number. The changelog says which did; train again what uses them.",
            SavedModelWarning,
            stacklevel=2,
        )
    own = [*skops_trusted_types(), TREES]
    with _damage_told(path):
        content = _with_public_names(content)
        types = skops.get_untrusted_types(data=content)
    if unknown := [name for name in types if name not in own and name not in trusted]:
        raise SavedModelError(
            f"{path} holds types that are not trusted: {unknown}. Name those you trust: trusted=[...]."
        )
    with _damage_told(path):
        pipeline = skops.loads(content, trusted=[*own, *trusted])
        if not isinstance(pipeline, BaseEstimator):
            raise TypeError(f"it holds a {type(pipeline).__name__}, no estimator")
        if series != _series(featkit.__version__):
            _migrate_parameters(pipeline)
        pipeline.get_params()  # raises where one is missing
        refuse_unsound_trees([] if TREES in trusted else _estimators_within(pipeline, set()))
        reaching = [name for name in names_to_run(pipeline) if name not in trusted]
    if reaching:
        raise SavedModelError(
            f"{path} names functions to import or files to open: {reaching}. Name those you trust: trusted=[...]."
        )
    return pipeline


def skops_trusted_types() -> list[str]:
    """Names of the types of featkit that skops may load: for ``skops.io.load(path, trusted=skops_trusted_types())``.

    `load_model` trusts them too, and besides looks at what their parameters name: skops alone does not see that
    ``BackgroundRemover(mask="package.module:function")`` will import a function.

    Returns
    -------
    names : list of str
        Every public estimator by its public name, as `save_model` writes it, and by the module that defines it.

    Examples
    --------
    >>> from featkit.persistence import skops_trusted_types
    >>> "featkit.HOG" in skops_trusted_types()
    True
    """
    public = (getattr(featkit, name) for name in featkit.__all__)
    kinds = [item for item in public if isinstance(item, type) and issubclass(item, BaseEstimator)]
    return [f"{module}.{kind.__qualname__}" for kind in kinds for module in ("featkit", kind.__module__)]


def _without_indexes(pipeline: BaseEstimator) -> BaseEstimator:
    """A copy with lists in the place of pandas' indexes, which scikit-learn 1.9 keeps and skops 0.16 cannot dump."""
    pipeline = copy.deepcopy(pipeline)
    for estimator in list(_estimators_within(pipeline, set())):
        for name, value in list(vars(estimator).items()):
            if isinstance(value, list):  # FeatureUnion's names of columns by transformer
                setattr(estimator, name, [_plain(item) for item in value])
    return pipeline


def _plain(value: Any) -> Any:
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_plain(item) for item in value)
    return value.tolist() if hasattr(value, "get_indexer") else value  # only an index of pandas has it


def _migrate_parameters(pipeline: BaseEstimator) -> None:
    """Give steps of featkit the defaults of new parameters; refuse parameters that there are no more."""
    for estimator in list(_estimators_within(pipeline, set())):
        if type(estimator).__module__.partition(".")[0] != "featkit":
            continue
        parameters = inspect.signature(type(estimator)).parameters
        for name, parameter in parameters.items():
            if not hasattr(estimator, name) and parameter.default is not parameter.empty:
                setattr(estimator, name, parameter.default)
        if gone := [
            name
            for name in vars(estimator)
            if not name.startswith("_") and not name.endswith("_") and name not in parameters
        ]:
            raise ValueError(f"{type(estimator).__name__} has no parameters {gone} any more")


def _series(version: str) -> tuple[int, int]:
    """Major and minor number of a version."""
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def _with_public_names(content: bytes) -> bytes:
    """The file with types of featkit under their public names of today, and with the note of the version."""
    content_renamed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(content_renamed, "w") as renamed:
        for name in archive.namelist():
            member = archive.read(name)
            if name == "schema.json":
                member = json.dumps(json.loads(member, object_hook=_renamed)).encode()
            renamed.writestr(name, member)
        if NOTE not in archive.namelist():
            renamed.writestr(NOTE, json.dumps({"featkit": featkit.__version__}))
    return content_renamed.getvalue()


def _renamed(node: dict[str, Any]) -> dict[str, Any]:
    """A node of the schema of skops under the public name of its type, with the attributes' names of today."""
    if str(node.get("__module__")).partition(".")[0] != "featkit":
        return node
    name = RENAMED_TYPES.get(node["__class__"], node["__class__"])
    if name not in featkit.__all__:
        return node
    node |= {"__module__": "featkit", "__class__": name}
    names = RENAMED_ATTRIBUTES.get(name, {})
    match node:
        case {"content": {"content": dict(held)}}:
            node["content"]["content"] = {names.get(attribute, attribute): value for attribute, value in held.items()}
    return node


def _content(path: str | os.PathLike) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise SavedModelError(f"{shown_path(path)}: expected a saved pipeline: {error.strerror or error}.") from error


@contextmanager
def _damage_told(path: str | os.PathLike) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # skops and zipfile fail on what is damaged or made up in any way there is
        raise SavedModelError(
            f"{shown_path(path)}: expected a whole file made by featkit.save_model, "
            f"got {type(error).__name__}: {error}. Save the pipeline again."
        ) from error


def _version_in(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(member.file_size for member in archive.infolist())
        if size > len(content):  # save_model compresses nothing: a bomb
            raise ValueError(f"members of {size} bytes in a file of {len(content)}")
        return str(json.loads(archive.read(NOTE))["featkit"])


def names_to_run(pipeline: BaseEstimator) -> Iterator[str]:
    """Parameters, of what is fitted as well, by which a trusted type would import a function or open a file."""
    for estimator in _estimators_within(pipeline, set()):
        held = vars(estimator)
        for name, value in held.items():
            if isinstance(value, str) and (name == "mask" or FUNCTION_NAME.fullmatch(value)):
                yield value
            elif name in READ_AND_BELIEVED and value is not None:
                yield str(getattr(value, "location", value))  # of a joblib.Memory
            elif name == "model_path" and value is not None and held.get("trust"):  # a file may not bring its own trust
                yield str(value)


def _estimators_within(value: Any, seen: set[int]) -> Iterator[BaseEstimator]:
    """Estimators that an object is or holds, however deep."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, BaseEstimator):
        yield value
    if isinstance(value, np.ndarray):
        held = value.ravel().tolist() if value.dtype.hasobject else []
    elif isinstance(value, dict):
        held = [*value, *value.values()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        held = list(value)
    else:
        held = list(getattr(value, "__dict__", {}).values())
    for item in held:
        yield from _estimators_within(item, seen)
