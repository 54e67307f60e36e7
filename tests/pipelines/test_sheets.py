"""Drawn sheets are measured with known errors; a folder of photos gives its table."""

import cv2

from featkit.datasets import make_sheets
from pipelines.sheets import errors_of, main, measure_drawn_sheets, scale_of


def test_no_leaf_is_lost_and_errors_are_told():
    sheets = make_sheets(2, scale=("sheet", "checkerboard"), min_leaves=4, max_leaves=6, random_state=2)
    table = measure_drawn_sheets(sheets)
    errors = errors_of(table, sheets)
    assert errors.index.tolist() == ["sheet", "checkerboard"]
    assert errors["leaves"].sum() == len(sheets.area) == (table["leaf"] >= 0).sum()
    assert (errors["lost"] == 0).all()
    assert (errors["with scale"] == errors["sheets"]).all()
    assert (errors["area median %"] < 1.5).all()
    assert (errors["length median %"] < 1.5).all()


def test_scales_are_told_as_measuring_takes_them():
    sheets = make_sheets(3, scale=("sheet", "tags", "coin"), height=200, width=300, random_state=0)
    sizes = [f"{size:g}" for size in sheets.size]
    told = [scale_of(sheets, number) for number in range(3)]
    assert told == ["sheet:210x297", f"tag:{float(sizes[1])}", f"coin:{float(sizes[2])}"]


def test_a_folder_of_photos_gives_a_table_and_pictures(tmp_path, capsys):
    (tmp_path / "photos").mkdir()
    sheet = make_sheets(1, scale="sheet", height=600, width=800, random_state=1)
    cv2.imwrite(str(tmp_path / "photos" / "a.png"), sheet.images[0][..., ::-1])
    main([str(tmp_path / "photos"), "--checks", str(tmp_path / "checks")])
    printed = capsys.readouterr().out
    assert "tilt_error" in printed
    assert "a.png" in printed
    assert (tmp_path / "checks" / "a.png.jpg").is_file()
