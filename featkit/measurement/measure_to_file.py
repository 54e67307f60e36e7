"""Measure the objects of any number of photos into one table: `measure_to_file`."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..display.images.objects import ObjectsDisplay
from ..exceptions import FileWriteError, ImageReadError
from ..extraction.rows._files import (
    Result,
    check_picture_of,
    error_text,
    featkit_version,
    refuse_inside,
    work_through,
    write_check_picture,
)
from ..extraction.rows._journal import identity_of
from ..extraction.rows._tables import check_table_path, write_table
from ..io.inputs.items import Item
from ..io.masks import read_labels
from ..io.metadata.capture import read_metadata
from ..io.reading import MAX_PIXELS, read_image
from ..io.stacks.page_counts import page_beside
from ..parameters import FROM_0, check_number, check_option
from ..preprocessing.foreground.segmentation import METHODS
from ._columns import empty_row, rows_of_photo, table_columns
from ._label_files import label_file_of
from ._scale_of_photo import ScaleTable, check_unit, scale_of_photo, wanted_scale, wanted_scale_or_table
from .measure_photo import TILTED, MeasuredPhoto, measured

FORMAT = 3  # of the journal


class MeasurementResult(NamedTuple):
    """Result of `measure_to_file`: what was counted.

    Attributes
    ----------
    n_images, n_objects : int
        Photos, and objects on them.
    n_without_scale : int
        Photos on which no scale could be believed, so that columns with a unit are empty.
    n_errors : int
        Photos that could not be measured: see the column ``error``.
    n_kept : int
        Photos that an earlier run had measured.
    n_tilted : int
        Photos with objects whose areas may be off by over 10 %, by the tilt of the camera: see the column
        ``tilt_error``.
    n_writing : int
        Marks of a pen on the sheets that were left out: see the column ``writing``.
    """

    n_images: int
    n_objects: int
    n_without_scale: int
    n_errors: int
    n_kept: int
    n_tilted: int
    n_writing: int


def measure_to_file(
    images: str | os.PathLike | Iterable[Any],
    path: str | os.PathLike,
    *,
    scale: str | os.PathLike | float | tuple[float, float] | None = None,
    unit: str = "mm",
    labels: str | os.PathLike | None = None,
    background: str = "paper",
    min_size: float | None = None,
    max_size: float | None = None,
    min_thickness: float = 0,
    keep_holes: bool = False,
    keep_writing: bool = False,
    split: bool = False,
    clear_border: bool = False,
    color_card: bool = False,
    rectify: bool = True,
    check_pictures: str | os.PathLike | None = None,
    metadata: bool = False,
    max_pixels: int = MAX_PIXELS,
    pages: str = "first",
    page: int | None = None,
    channel: int | str | None = None,
    projection: str | None = None,
    n_jobs: int | None = None,
    progress: bool | None = None,
) -> MeasurementResult:
    """Measure every object on photos and write a CSV or Parquet table; started again, go on where it stopped.

    Parameters
    ----------
    images : str, PathLike, list or iterable
        A folder, a CSV file with a column ``path``, an archive, or a list of paths, as in `extract_to_parquet`.
    path : str or PathLike
        Ends in ``.csv`` or ``.parquet``; replaced where it exists, whole or not at all. Units and meanings of the
        columns are in the metadata of a Parquet file, and beside a CSV file in ``NAME.csv-metadata.json``.
    scale : str, PathLike, float, (float, float) or None, default=None
        As in `measure_photo`; also ``"metadata"``, what OME, ImageJ or TIFF metadata state, or ``"print"``, which
        believes EXIF, JFIF and PNG as well. Where it differs from photo to photo, as with several coins, a CSV or TSV
        file with the columns ``path`` (relative to that file, or the name of the photo alone) and ``scale``.
    unit : str, default="mm"
        Of lengths: "nm", "um", "mm", "cm", "m" or "inch".
    labels : str, PathLike or None, default=None
        Folder with a label image or mask of each photo under its name (of any suffix), or a pattern such as
        ``"{parent}/masks/{stem}*.png"``. Values of one mask are one object each; a mask of two values is taken apart
        into components. To a page of a photo belongs the same page of a label file with several.
    background : str, default="paper"
        How objects are told from the background, see the methods of `featkit.segment_foreground`.
    min_size, max_size : float >= 0 or None, default=None
        Least and largest area in the square of `unit`. Without a least area, what has fewer pixels than 1/50,000 of
        the photo is dust, unless objects were given; 0 keeps all.
    min_thickness : float >= 0, default=0
        Least thickness in `unit`: what circles of this diameter cover by less than a third is left out, holes not
        filled. A quarter above the width of a pen's stroke, it leaves out what is written on the sheet.
    keep_holes : bool, default=False
        Whether holes, such as those that insects eat, are left out of areas; else they are filled, reflections too.
    keep_writing : bool, default=False
        Whether marks of a pen on the sheet are objects, too, see `measure_photo`.
    split : bool, default=False
        Whether to part objects that touch, see `featkit.objects.split_touching`.
    clear_border : bool, default=False
        Whether to leave out objects that touch the border of the photo.
    color_card : bool, default=False
        Correct the colors by the 24-patch card in the photo. Where none is found, colors are empty.
    rectify : bool, default=True
        Map the sheet upright before it is measured, wherever the scale object makes areas more accurate by it.
    check_pictures : str, PathLike or None, default=None
        Folder for a drawing of each photo, see `featkit.display.ObjectsDisplay`.
    metadata : bool, default=False
        Add the columns ``captured`` and ``camera``, see `featkit.io.read_metadata`.
    max_pixels : int, default=100_000_000
        Largest photo that is read.
    pages : {"first", "all"}, default="first"
        "all" takes each page of a TIFF file, frame of an animation and image of a HEIC file for itself, under the path
        ``stack.tif#page=3``, see `featkit.list_images`; of files on this disk, not of those in archives or behind URLs.
    page, channel, projection : optional
        Which part of every file is read, see `featkit.read_image`.
    n_jobs : int or None, default=None
        Workers: threads, unless `joblib.parallel_config` says otherwise. None is 1, -1 all cores.
    progress : bool or None, default=None
        Show a bar on standard error; None does where that is a terminal.

    Returns
    -------
    measurement : MeasurementResult
        Named tuple with the counts.

    Raises
    ------
    FileWriteError
        When a file cannot be written.
    ImageReadError
        When no images are found.
    InvalidParameterError
        When a parameter is none of the allowed ones.

    Warns
    -----
    ScaleNotFoundWarning
        For each photo without a believable scale: its columns with a unit are empty, those in pixels are not.

    See Also
    --------
    measure_photo : One photo in memory.
    featkit.objects.measure_objects : Other features of the objects.

    Notes
    -----
    Columns: ``path``, ``object`` (number), ``count`` (objects of the photo), ``row`` and ``col`` of the centroid in the
    photo, ``touches_border``, ``area``, ``length`` and ``width`` (maximum and minimum Feret diameter), ``perimeter``
    and the other measures of `featkit.RegionMeasurements`, ``red``, ``green``, ``blue``, ``area_px`` to
    ``perimeter_px``, ``unit``, ``pixel_height``, ``pixel_width``, ``scale``, ``scale_error``, ``tilt_error``,
    ``rectified``, ``writing``, ``warning`` and ``error``. A photo without objects, or that cannot be read, has one row.

    The hidden file ``.NAME.csv.journal`` keeps what is measured: the same call made again measures only photos that are
    new, have changed, or gave an error.

    Examples
    --------
    >>> import tempfile
    >>> import cv2, pandas as pd
    >>> from featkit.datasets import make_sheets
    >>> from featkit.measurement import measure_to_file
    >>> folder = tempfile.mkdtemp()
    >>> sheets = make_sheets(2, scale="sheet", random_state=0)
    >>> for number, image in enumerate(sheets.images):
    ...     written = cv2.imwrite(f"{folder}/{number}.png", image[..., ::-1])
    >>> result = measure_to_file(folder, f"{folder}/leaves.csv", scale="sheet:210x297")
    >>> result.n_images, result.n_without_scale, result.n_errors
    (2, 0, 0)
    >>> table = pd.read_csv(f"{folder}/leaves.csv")
    >>> len(table) == result.n_objects, table["unit"][0], "area" in table
    (True, 'mm', True)
    """
    out = Path(path)
    check_table_path(out)
    wanted = wanted_scale_or_table(scale)
    check_unit(unit)
    check_option("background", background, METHODS)
    for name, value in (("min_size", min_size), ("max_size", max_size), ("min_thickness", min_thickness)):
        if value is not None:
            check_number(name, value, FROM_0)
    pictures = None if check_pictures is None else Path(check_pictures)
    root = refuse_inside(images, pictures)
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    limits = {"min_size": min_size, "max_size": max_size, "min_thickness": min_thickness}
    limits |= {"keep_holes": bool(keep_holes), "keep_writing": bool(keep_writing)}
    limits |= {"split": bool(split), "clear_border": bool(clear_border)}
    part: dict[str, Any] = {"page": page, "channel": channel, "projection": projection}
    page_of_file = None if channel is not None or projection is not None else page  # else it counts what remains
    columns = table_columns("px" if wanted is None else unit, with_metadata=bool(metadata))

    def labels_of(item: Item) -> str | None:
        return None if labels is None else label_file_of(item.name, labels, root)

    def identity(item: Item) -> str:
        try:
            said = f"scale {wanted.scale_of(item.name)}" if isinstance(wanted, ScaleTable) else None
            return identity_of(item.source, labels_of(item), said)
        except Exception:  # told when the photo is measured
            return identity_of(item.source)

    def work(item: Item) -> Result:
        try:
            if isinstance(item.source, Exception):
                raise item.source
            label_file = labels_of(item)
            image = read_image(item.source, max_pixels=max_pixels, **part)
            given = wanted_scale(wanted.scale_of(item.name)) if isinstance(wanted, ScaleTable) else wanted
            found = scale_of_photo(image, given, unit, item.source, item.name, page_of_file)
            label_image = None if label_file is None else _labels_of_photo(item.name, page, label_file, max_pixels)
            photo = measured(image, found, label_image, background, limits, color_card, rectify)
            if pictures is not None:
                _write_picture(check_picture_of(item, pictures, root), photo)
        except FileWriteError:
            raise
        except Exception as error:  # any: one odd photo must not end a run over thousands
            return {"rows": [empty_row(item.name, columns, error=error_text(error))], "failed": True}
        told = _taken_by(item) if metadata else {}
        return {"rows": rows_of_photo(item.name, columns, photo, **told), "failed": False}

    def is_whole(item: Item, result: Result) -> bool:
        return pictures is None or check_picture_of(item, pictures, root).is_file()

    told = wanted.path if isinstance(wanted, ScaleTable) else wanted
    settings: dict[str, Any] = {"scale": told, "unit": unit, "background": background, "rectify": bool(rectify)}
    settings |= limits | {"color_card": bool(color_card), "max_pixels": max_pixels}
    settings |= {"metadata": True} if metadata else {}
    settings |= {name: value for name, value in part.items() if value is not None}
    settings |= {"labels": None if labels is None else os.fspath(labels)}
    settings |= {"format": FORMAT, "featkit": featkit_version()}
    journal = out.with_name(f".{out.name}.journal")
    rows, n_images, n_failed, n_kept = work_through(
        images, journal, settings, identity, work, is_whole, pages=pages, n_jobs=n_jobs, progress=progress
    )
    write_table(out, columns, rows, settings)
    return _counted(rows, [column.name for column in columns], n_images, n_failed, n_kept)


def _labels_of_photo(photo: str, page: int | None, label_file: str, max_pixels: int) -> np.ndarray:
    return read_labels(label_file, max_pixels=max_pixels, page=page_beside(photo, page, label_file))


def _taken_by(item: Item) -> dict[str, str | None]:
    """Capture time and camera; none where the metadata cannot be read, though the photo could."""
    try:
        known = read_metadata(item.source)
    except ImageReadError:
        return {}
    return {"captured": known.captured, "camera": known.camera}


def _write_picture(path: Path, photo: MeasuredPhoto) -> None:
    display = ObjectsDisplay(photo.image, photo.objects, photo.scale, outlines=photo.left_out, warning=photo.warning)
    write_check_picture(path, display.drawing)


def _counted(rows: list[list], names: list[str], n_images: int, n_failed: int, n_kept: int) -> MeasurementResult:
    told = ("path", "object", "pixel_height", "tilt_error", "writing", "error")
    place = {name: names.index(name) for name in told}
    n_objects = sum(row[place["object"]] is not None for row in rows)
    without = {
        row[place["path"]]
        for row in rows
        if not row[place["error"]] and (row[place["pixel_height"]] is None or np.isnan(row[place["pixel_height"]]))
    }
    tilted = {
        row[place["path"]] for row in rows if row[place["object"]] is not None and row[place["tilt_error"]] > TILTED
    }
    written = {row[place["path"]]: row[place["writing"]] or 0 for row in rows}
    return MeasurementResult(n_images, n_objects, len(without), n_failed, n_kept, len(tilted), sum(written.values()))
