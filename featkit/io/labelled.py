"""Images and what is known of each: from the names of files, or from the columns of a table."""

import os
import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..exceptions import ImageReadError, LeftOutWarning, shown
from .inputs.tables import TABLE_SUFFIXES, read_table
from .listing import IMAGE_SUFFIXES, ImageList, list_images
from .places import is_url
from .sources import is_missing


def list_labelled_images(
    place: str | os.PathLike,
    *,
    label_from: str | None = None,
    path_column: str = "path",
    label_column: str | Sequence[str] = "label",
    label_separator: str | None = None,
) -> ImageList:
    r"""List images and their labels: class folders, a pattern of file names, or the columns of a CSV table.

    Parameters
    ----------
    place : str or PathLike
        A folder of images, or a ``.csv`` or ``.tsv`` file of paths (relative to it) and labels.
    label_from : str or None, default=None
        Regular expression whose group (the first, or that of the name ``label``) is searched for in the path of each
        image below the folder, and is its label: ``r"(\w+)_\d+"`` makes ``cat_07.png`` a cat. None takes the subfolders
        for the classes, as `list_images` does.
    path_column : str, default="path"
        Column of a table that names the images. A name alone, such as ``cat_07.jpg`` or, without its suffix, an ``id``,
        is the one image of that name anywhere in the folder of the table.
    label_column : str or sequence of str, default="label"
        Column of a table that holds the label, or the number. Several columns of 0 and 1 are several labels.
    label_separator : str or None, default=None
        What parts several labels in a cell: ``" "`` makes ``"cat dog"`` two labels. None is one label.

    Returns
    -------
    images : ImageList
        The named tuple ``(paths, labels, skipped)``; labels are text, or, of several labels, an object array of sets.

    Raises
    ------
    ImageReadError
        When the place is missing, holds no images with labels, or a column or an image is not there, or there twice.
    ValueError
        When the pattern is no regular expression with a group, or a column of several holds anything but 0 and 1.

    Warns
    -----
    LeftOutWarning
        When images or rows have no label: they are left out, and stand in ``skipped``.

    See Also
    --------
    list_images : Class folders alone.
    featkit.benchmark : Takes the labels as they are; ``task="regression"`` makes them numbers.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from featkit import list_labelled_images
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ["cat_1.jpg", "cat_2.jpg", "dog_1.jpg"]:
    ...     (folder / name).touch()
    >>> list_labelled_images(folder, label_from=r"(\w+)_\d+").labels.tolist()
    ['cat', 'cat', 'dog']
    >>> _ = (folder / "pets.csv").write_text("id,age\ncat_1,3\ncat_2,11\n")
    >>> list_labelled_images(folder / "pets.csv", path_column="id", label_column="age").labels.tolist()
    ['3', '11']
    """
    if os.fspath(place).lower().endswith(TABLE_SUFFIXES):
        if label_from is not None:
            raise ValueError("Expected label_from with a folder; the labels of a table stand in its label_column.")
        names = [label_column] if isinstance(label_column, str) else list(label_column)
        return _images_of_table(os.fspath(place), path_column, names, label_separator)
    if label_from is None:
        return list_images(place)
    return _images_of_names(Path(place), label_from)


def _images_of_names(folder: Path, label_from: str) -> ImageList:
    try:
        pattern = re.compile(label_from)
    except re.error as error:
        raise ValueError(
            f"Expected label_from to be a regular expression, got {shown(label_from)}: {error}."
        ) from error
    if not pattern.groups:
        raise ValueError(f"Expected label_from to have a group in parentheses, got {shown(label_from)}.")
    group = "label" if "label" in pattern.groupindex else 1
    found = list_images(folder, labels=False)
    matches = [pattern.search(Path(path).relative_to(folder).as_posix()) for path in found.paths]
    labels = [match and match.group(group) for match in matches]
    without = [path for path, label in zip(found.paths.tolist(), labels) if not label]
    if len(without) == len(labels):
        raise ImageReadError(
            f"{folder}: expected names of images that match {shown(label_from)}, got none of {len(labels)}, such as "
            f"{shown(without[0])}.",
            str(folder),
        )
    _warn_of(str(folder), without, "images whose names do not match")
    kept = [k for k, label in enumerate(labels) if label]
    return ImageList(found.paths[kept], np.array([labels[k] for k in kept]), [*found.skipped, *without])


def _images_of_table(table: str, path_column: str, names: list[str], separator: str | None) -> ImageList:
    rows = read_table(table, path_column, names)
    if separator is not None and len(names) > 1:
        raise ValueError("Expected one label_column with a label_separator, got several.")
    finder = _Finder(table)
    paths: list[str] = []
    labels: list[str | set[str] | None] = []
    skipped: list[str] = []
    for place, path, cells in rows:
        if path is None or (len(names) == 1 and is_missing(cells[0]) and separator is None):
            skipped.append(place if path is None else path)
            continue
        paths.append(finder.find(path))
        if len(names) > 1:
            labels.append({name for name, cell in zip(names, cells) if _is_one(table, name, cell)})
        elif separator is not None:
            labels.append({word.strip() for word in (cells[0] or "").split(separator) if word.strip()})
        else:
            labels.append(cells[0])
    if not paths:
        raise ImageReadError(
            f"{table}: expected rows with a path and a cell in {names}, got none in {len(rows)}.", table
        )
    _warn_of(table, skipped, "rows without a path or a label")
    as_sets = len(names) > 1 or separator is not None
    array = np.empty(len(labels), dtype=object) if as_sets else np.array(labels)
    array[:] = labels
    return ImageList(np.array(paths), array, skipped)


def _is_one(table: str, name: str, cell: str | None) -> bool:
    text = (cell or "").strip().lower()
    if text in ("1", "1.0", "true", "yes"):
        return True
    if text in ("0", "0.0", "false", "no", ""):
        return False
    raise ValueError(f"{table}: expected 0 or 1 in the column {name!r} of several labels, got {shown(text)}.")


def _warn_of(place: str, without: list[str], what: str) -> None:
    if without:
        text = f"{place}: {len(without)} {what} were left out, such as {shown(without[0])}."
        warnings.warn(text, LeftOutWarning, stacklevel=4)


class _Finder:
    """Finds the image that a name alone means: the one of that name, or of that stem, in the folder of the table."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._by_name: dict[str, list[str]] | None = None

    def find(self, path: str) -> str:
        if is_url(path) or is_url(self._table) or os.path.isfile(path):
            return path
        has_suffix = Path(path).suffix.lower() in IMAGE_SUFFIXES
        if has_suffix and Path(path).parent != Path(self._table).parent:
            return path
        if self._by_name is None:
            self._by_name = {}
            for image in list_images(Path(self._table).parent, labels=False).paths.tolist():
                for name in (Path(image).name, Path(image).stem):
                    self._by_name.setdefault(name, []).append(image)
        found = self._by_name.get(Path(path).name, [])
        if has_suffix and not found:
            return path  # a missing file is the error of its image
        if len(found) != 1:
            came = f"{len(found)}: {found[:2]}" if found else "none"
            raise ImageReadError(
                f"{self._table}: expected one image of the name {shown(Path(path).name)} in its folder, "
                f"got {came}. Give paths with their folders and suffixes.",
                path,
            )
        return found[0]
