"""The columns of the table of measurements: unit and meaning of each."""

from typing import Any

from ..extraction.rows._tables import Column
from ..features.shape.measures import MEASURES
from .measure_photo import COLORS, FIRST, ORDER, RENAMED, MeasuredPhoto

_MEANINGS = {
    "area": "without the holes that were kept (keep_holes)",
    "area_filled": "holes filled",
    "perimeter": "of the outline, by Crofton's formula",
    "feret_diameter_max": "largest distance of two points of the outline (maximum Feret diameter)",
    "feret_diameter_min": "least distance of parallel calipers (minimum Feret diameter)",
    "box_length": "long side of the oriented box of least area",
    "box_width": "short side of the oriented box of least area",
    "axis_major_length": "long axis of the ellipse with the same second moments",
    "axis_minor_length": "short axis of the ellipse with the same second moments",
    "inscribed_radius": "of the largest circle inside",
    "circumscribed_radius": "of the smallest circle around",
    "aspect_ratio": "length / width",
    "circularity": "4 pi area_filled / perimeter^2, about 1 for a disk",
    "solidity": "area_filled / area of the convex hull",
    "extent": "area_filled / area of the oriented box",
    "eccentricity": "of the ellipse with the same second moments",
    "euler_number": "1 - number of holes",
}


def table_columns(unit: str, *, with_metadata: bool = False) -> list[Column]:
    """Columns of a table whose lengths have this unit, with capture time and camera where they are wanted."""
    of_power = {0: "", 1: unit, 2: f"{unit}2"}
    in_pixels = {1: "px", 2: "px2"}
    name_of = {name: RENAMED.get(name, name) for name in MEASURES}
    metadata = [
        Column("captured", str, "", "when the photo was taken, by its metadata"),
        Column("camera", str, "", "maker and model, by the metadata"),
    ]
    return [
        Column("path", str, "", "the photo"),
        Column("object", int, "", "number on the photo, as on the check picture; empty where there is no object"),
        Column("count", int, "", "objects on this photo"),
        Column("row", float, "px", "of the centroid, from the top of the photo; the first pixel is 0"),
        Column("col", float, "px", "of the centroid, from the left of the photo; the first pixel is 0"),
        Column("touches_border", bool, "", "whether it may go on beyond the photo"),
        *(Column(name_of[name], float, of_power[MEASURES[name]], _MEANINGS[name]) for name in ORDER),
        *(Column(name, float, "", "mean over the object, from 0 to 1") for name in COLORS),
        *(
            Column(f"{name_of[name]}_px", float, in_pixels[MEASURES[name]], f"{name_of[name]}, in pixels as measured")
            for name in FIRST
        ),
        Column("unit", str, "", "of lengths; areas are in its square"),
        Column("pixel_height", float, f"{unit}/px", "by the scale; of the rectified photo where it was rectified"),
        Column("pixel_width", float, f"{unit}/px", "by the scale; of the rectified photo where it was rectified"),
        Column("scale", str, "", "what gave the scale; empty where none could be believed"),
        Column("scale_error", float, "", "expected relative error of the scale (one standard deviation)"),
        Column("tilt_error", float, "", "largest relative error of an area that the tilt of the camera may leave"),
        Column("rectified", bool, "", "whether the sheet was mapped upright"),
        Column("writing", int, "", "marks of a pen on the sheet that were left out"),
        *(metadata if with_metadata else ()),
        Column("warning", str, "", "what could not be found, or is not accurate"),
        Column("error", str, "", "why the photo could not be measured"),
    ]


def rows_of_photo(path: str, columns: list[Column], photo: MeasuredPhoto, **known: Any) -> list[list]:
    """Rows of a photo, at least one, with what else is known; plain values, None where there is none."""
    n_objects = len(photo.objects)
    if n_objects == 0:
        return [empty_row(path, columns, count=0, **photo.about, **known)]
    lists = {name: values.tolist() for name, values in photo.columns.items()}
    lists |= {"path": [path] * n_objects, "error": [""] * n_objects}
    lists |= {name: [known.get(name)] * n_objects for name in ("captured", "camera")}
    return [list(row) for row in zip(*(lists[column.name] for column in columns), strict=True)]


def empty_row(path: str, columns: list[Column], **known: Any) -> list:
    """A row of a photo without an object."""
    known = {"path": path, "warning": "", "error": ""} | known
    return [known.get(column.name) for column in columns]
