"""Sheets: leaves, seeds or parts on photos of sheets, one row each, in millimetres.

``python -m pipelines.sheets`` draws sheets of leaves, measures them, and prints the errors, since the truth is known;
``python -m pipelines.sheets FOLDER --scale sheet:210x297 --out leaves.csv`` measures your own photos.
"""

import argparse
import os
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from featkit import measure_photo, measure_to_file
from featkit.datasets import make_sheets
from featkit.exceptions import ScaleNotFoundWarning

if TYPE_CHECKING:
    from sklearn.utils import Bunch

KINDS = ("sheet", "tags", "checkerboard", "coin", "ruler")
SHOWN = ["path", "object", "area", "length", "width", "aspect_ratio", "tilt_error"]
NEAR = 0.01  # of the longer side of a photo: distance of an object from the middle of the leaf that it is


def scale_of(sheets: "Bunch", number: int) -> str:
    """Tell the scale of a drawn sheet.

    Parameters
    ----------
    sheets : Bunch
        From `featkit.datasets.make_sheets`.
    number : int

    Returns
    -------
    scale : str
        As `featkit.measure_photo` takes it.
    """
    kind = {"tags": "tag"}.get(sheets.kind[number], sheets.kind[number])
    if kind == "sheet":
        return "sheet:{:g}x{:g}".format(*sheets.sheet_size)
    return f"{kind}:{sheets.size[number]}"


def measure_drawn_sheets(sheets: "Bunch") -> pd.DataFrame:
    """Measure drawn sheets, and find out which leaf each object is.

    Parameters
    ----------
    sheets : Bunch
        From `featkit.datasets.make_sheets`.

    Returns
    -------
    table : DataFrame (n_objects, n_columns)
        The columns of `featkit.measure_photo` behind ``sheet``, ``kind`` and ``leaf``: its index among all leaves, -1
        for the number that is written on the sheet.
    """
    middles = np.array([outline.mean(axis=0) for outline in sheets.outlines])
    tables = []
    for number, image in enumerate(sheets.images):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ScaleNotFoundWarning)  # counted in the summary
            photo = measure_photo(image, scale=scale_of(sheets, number))
        table = photo.table.assign(sheet=number, kind=sheets.kind[number])
        leaves = np.flatnonzero(sheets.sheet == number)
        distances = np.linalg.norm(photo.centers[:, np.newaxis] - middles[leaves], axis=2)
        is_near = distances.min(axis=1, initial=np.inf) < NEAR * max(image.shape)
        table["leaf"] = np.where(is_near, leaves[distances.argmin(axis=1)], -1)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def errors_of(table: pd.DataFrame, sheets: "Bunch") -> pd.DataFrame:
    """Compare measures with the truth.

    Parameters
    ----------
    table : DataFrame
        From `measure_drawn_sheets`.
    sheets : Bunch
        The sheets that were measured.

    Returns
    -------
    errors : DataFrame (n_kinds, 9)
        By kind of scale: ``sheets``, of these ``with scale``, ``leaves``, of these ``lost``; relative errors in
        percent, median and 95 %, of area and length; and the largest that `tilt_error` admits.
    """
    leaves = table[table["leaf"] >= 0]
    true = leaves["leaf"].to_numpy()
    errors = {name: 100 * np.abs(leaves[name] / sheets[name][true] - 1) for name in ("area", "length")}
    rows = {}
    for kind in dict.fromkeys(sheets.kind):
        numbers = [number for number, other in enumerate(sheets.kind) if other == kind]
        drawn = np.flatnonzero(np.isin(sheets.sheet, numbers))
        of_kind = leaves["kind"] == kind
        known = leaves.loc[of_kind & leaves["area"].notna(), "sheet"].nunique()
        row: dict[str, Any] = {"sheets": len(numbers), "with scale": known, "leaves": len(drawn)}
        row["lost"] = len(set(drawn) - set(true))
        for name, error in errors.items():
            row[f"{name} median %"], row[f"{name} 95 %"] = error[of_kind].quantile([0.5, 0.95])
        row["tilt_error %"] = 100 * leaves.loc[of_kind, "tilt_error"].max()
        rows[kind] = row
    return pd.DataFrame(rows).T


def measure_folder(
    folder: str | os.PathLike, out: str | os.PathLike, scale: str, checks: str | os.PathLike | None = None
) -> pd.DataFrame:
    """Measure the photos of a folder.

    Parameters
    ----------
    folder, out : str or PathLike
        Photos, and the CSV file to write.
    scale : str
        What gives the scale, such as "sheet:210x297" or "coin:23.25".
    checks : str, PathLike or None, default=None
        Folder for pictures to check the measures by.

    Returns
    -------
    table : DataFrame
        As it was written.
    """
    measure_to_file(folder, out, scale=scale, check_pictures=checks)
    return pd.read_csv(out)


def main(arguments: Iterable[str] | None = None) -> None:
    """Measure drawn sheets or a folder from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", help="photos of sheets (default: sheets are drawn)")
    parser.add_argument("--scale", default="sheet:210x297", help="what gives the scale (default: %(default)s)")
    parser.add_argument("--out", help="table to write (default: a temporary file)")
    parser.add_argument("--checks", help="folder for pictures to check the measures by")
    parser.add_argument("--sheets", type=int, default=10, help="sheets that are drawn (default: 10)")
    options = parser.parse_args(None if arguments is None else list(arguments))
    pd.set_option("display.width", 160)
    if options.folder is not None:
        with tempfile.TemporaryDirectory() as place:
            out = options.out or Path(place) / "sheets.csv"
            table = measure_folder(options.folder, out, options.scale, options.checks)
        print(table[SHOWN].to_string(index=False, float_format="{:.3f}".format))
        return
    sheets = make_sheets(options.sheets, scale=KINDS, random_state=0)
    table = measure_drawn_sheets(sheets)
    if options.out:
        table.to_csv(options.out, index=False)
    print(f"{len(sheets.area)} leaves on {len(sheets.images)} sheets, by what gives the scale:")
    print(errors_of(table, sheets).to_string(float_format="{:.2f}".format))


if __name__ == "__main__":
    main()
