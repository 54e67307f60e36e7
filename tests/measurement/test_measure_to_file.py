"""A table of every object of many photos, which goes on where it stopped and says what could not be measured."""

import importlib
import json
import shutil

import cv2
import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from featkit import measure_photo, measure_to_file
from featkit.datasets import make_sheets
from featkit.exceptions import FileWriteError, ImageFormatError, ImageReadError, ScaleNotFoundWarning
from tests.io.image_files import with_tifffile


def photo_of(*boxes):
    image = np.full((120, 160, 3), 235, np.uint8)
    for top, left, bottom, right in boxes:
        image[top:bottom, left:right] = 40, 90, 30
    return image


PHOTOS = {
    "a.png": photo_of((10, 10, 30, 60), (50, 80, 90, 120)),
    "b.png": photo_of(),
    "deep/c.png": photo_of((20, 20, 40, 40)),
}


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    for name, image in PHOTOS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / name), image[..., ::-1])
    return folder


def test_the_table_holds_what_each_photo_gives(photos, tmp_path):
    result = measure_to_file(photos, tmp_path / "out.csv", scale=0.1)
    assert result == (3, 3, 0, 0, 0, 0, 0)
    table = pd.read_csv(tmp_path / "out.csv")
    assert table["path"].tolist() == [str(photos / name) for name in ("a.png", "a.png", "b.png", "deep/c.png")]
    assert table["object"].fillna(0).tolist() == [1, 2, 0, 1]
    assert table["count"].tolist() == [2, 2, 0, 1]
    assert table["area"].dropna().tolist() == pytest.approx([10, 16, 4])
    assert table["unit"].tolist() == ["mm"] * 4
    assert table["touches_border"].dropna().tolist() == [False] * 3
    for name, image in PHOTOS.items():
        expected = measure_photo(image, scale=0.1).table
        found = table[(table["path"] == str(photos / name)) & table["object"].notna()]
        for column in expected.select_dtypes("number"):
            assert found[column].to_numpy(float) == pytest.approx(
                expected[column].to_numpy(float), rel=1e-6, nan_ok=True
            )


def test_units_stand_in_the_metadata(photos, tmp_path):
    measure_to_file(photos, tmp_path / "out.parquet", scale=0.1, unit="cm")
    schema = pyarrow.parquet.read_schema(tmp_path / "out.parquet")
    assert schema.field("area").metadata[b"unit"] == b"cm2"
    assert schema.field("length").metadata[b"unit"] == b"cm"
    assert schema.field("area_px").metadata[b"unit"] == b"px2"
    assert json.loads(schema.metadata[b"featkit"])["unit"] == "cm"
    measure_to_file(photos, tmp_path / "out.csv", scale=0.1, unit="cm")
    described = json.loads((tmp_path / "out.csv-metadata.json").read_text())
    columns = {column["name"]: column for column in described["tableSchema"]["columns"]}
    assert list(columns) == pd.read_csv(tmp_path / "out.csv").columns.tolist() == schema.names
    assert columns["area"]["unit"] == "cm2"
    csv, parquet = pd.read_csv(tmp_path / "out.csv"), pd.read_parquet(tmp_path / "out.parquet")
    assert csv["area"].to_numpy() == pytest.approx(parquet["area"].to_numpy(), nan_ok=True)


def test_broken_files_are_recorded_and_measured_when_they_are_mended(photos, tmp_path):
    (photos / "broken.png").write_bytes(b"meow")
    first = measure_to_file(photos, tmp_path / "out.csv")
    assert (first.n_images, first.n_objects, first.n_errors, first.n_kept) == (4, 3, 1, 0)
    table = pd.read_csv(tmp_path / "out.csv").set_index("path")
    assert "ImageReadError" in table.loc[str(photos / "broken.png"), "error"]
    assert np.isnan(table.loc[str(photos / "broken.png"), "count"])
    cv2.imwrite(str(photos / "broken.png"), PHOTOS["a.png"])
    second = measure_to_file(photos, tmp_path / "out.csv")
    assert (second.n_images, second.n_objects, second.n_errors, second.n_kept) == (4, 5, 0, 3)


def test_a_run_that_was_stopped_goes_on(photos, tmp_path, monkeypatch):
    seen = []
    module = importlib.import_module("featkit.measurement.measure_to_file")
    read = module.read_image

    def read_two(source, **how):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(source)
        return read(source, **how)

    monkeypatch.setattr(module, "read_image", read_two)
    with pytest.raises(KeyboardInterrupt):
        measure_to_file(photos, tmp_path / "out.csv", scale=0.1)
    assert not (tmp_path / "out.csv").exists()
    monkeypatch.setattr(module, "read_image", read)
    assert measure_to_file(photos, tmp_path / "out.csv", scale=0.1).n_kept == 2
    whole = (tmp_path / "out.csv").read_text()
    measure_to_file(photos, tmp_path / "fresh.csv", scale=0.1)
    assert (tmp_path / "fresh.csv").read_text() == whole
    assert measure_to_file(photos, tmp_path / "out.csv", scale=0.1).n_kept == 3
    assert measure_to_file(photos, tmp_path / "out.csv", scale=0.2).n_kept == 0  # other numbers


def test_a_photo_that_changed_is_measured_again(photos, tmp_path):
    measure_to_file(photos, tmp_path / "out.csv")
    cv2.imwrite(str(photos / "b.png"), photo_of((5, 5, 100, 100))[..., ::-1])
    result = measure_to_file(photos, tmp_path / "out.csv")
    assert (result.n_kept, result.n_objects) == (2, 4)


def test_a_torn_line_of_the_journal_is_passed_over(photos, tmp_path):
    measure_to_file(photos, tmp_path / "out.csv")
    whole = (tmp_path / "out.csv").read_text()
    journal = tmp_path / ".out.csv.journal"
    journal.write_bytes(journal.read_bytes()[:-40])
    assert measure_to_file(photos, tmp_path / "out.csv").n_kept == 2
    assert (tmp_path / "out.csv").read_text() == whole
    assert measure_to_file(photos, tmp_path / "out.csv").n_kept == 3


def test_threads_change_nothing(photos, tmp_path):
    for n_jobs in (1, 3):
        measure_to_file(photos, tmp_path / f"{n_jobs}.csv", scale=0.1, n_jobs=n_jobs)
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "3.csv").read_bytes()


def test_check_pictures_are_drawn_and_drawn_again_where_they_are_gone(photos, tmp_path):
    how = {"scale": 0.1, "check_pictures": tmp_path / "checks"}
    measure_to_file(photos, tmp_path / "out.csv", **how)
    names = ["a.png.jpg", "b.png.jpg", "deep__c.png.jpg"]
    assert sorted(path.name for path in (tmp_path / "checks").iterdir()) == names
    assert cv2.imread(str(tmp_path / "checks" / "a.png.jpg")).shape[1] == 640
    (tmp_path / "checks" / "a.png.jpg").unlink()
    assert measure_to_file(photos, tmp_path / "out.csv", **how).n_kept == 2
    assert (tmp_path / "checks" / "a.png.jpg").is_file()
    with pytest.raises(ValueError, match="outside of"):
        measure_to_file(photos, tmp_path / "out.csv", check_pictures=photos / "checks")


def test_photos_without_scale_are_named_and_counted(photos, tmp_path):
    with pytest.warns(ScaleNotFoundWarning) as warned:
        result = measure_to_file(photos, tmp_path / "out.csv", scale="tag:20")
    assert (result.n_objects, result.n_without_scale, result.n_errors) == (3, 3, 0)
    assert ["c.png" in str(warning.message) for warning in warned] == [False, False, True]
    table = pd.read_csv(tmp_path / "out.csv")
    assert table["area"].isna().all()
    assert table["area_px"].dropna().tolist() == [1000, 1600, 400]


def test_label_images_of_other_tools(photos, tmp_path):
    masks = tmp_path / "masks"
    (masks / "deep").mkdir(parents=True)
    labels = np.zeros((120, 160), np.uint16)
    labels[10:20, 10:20], labels[20:30, 10:20] = 4, 300
    cv2.imwrite(str(masks / "a.tif"), labels)
    cv2.imwrite(str(masks / "b.png"), (labels > 0).astype(np.uint8) * 255)
    result = measure_to_file(photos, tmp_path / "out.csv", labels=masks)
    assert (result.n_objects, result.n_errors) == (3, 1)
    table = pd.read_csv(tmp_path / "out.csv")
    assert table[["object", "area"]].dropna().to_numpy().tolist() == [[4, 100], [300, 100], [1, 200]]
    assert "expected a label image c.*" in table["error"].iloc[-1]
    pattern = str(masks) + "/{stem}.*"
    assert measure_to_file([str(photos / "a.png")], tmp_path / "one.csv", labels=pattern).n_objects == 2


def test_metadata_give_the_scale(tmp_path):
    import tifffile

    (tmp_path / "photos").mkdir()
    path = tmp_path / "photos" / "a.tif"
    tifffile.imwrite(path, PHOTOS["a.png"], resolution=(400, 200), resolutionunit="CENTIMETER")
    measure_to_file(tmp_path / "photos", tmp_path / "out.csv", scale="metadata")
    table = pd.read_csv(tmp_path / "out.csv")
    assert table[["pixel_height", "pixel_width"]].iloc[0].tolist() == [0.05, 0.025]
    assert table["area"].tolist() == pytest.approx([1000 * 0.05 * 0.025, 1600 * 0.05 * 0.025])
    assert table["scale"].tolist() == ["TIFF", "TIFF"]


def test_every_photo_has_the_scale_that_a_table_gives_it(photos, tmp_path):
    scales = tmp_path / "scales.csv"
    scales.write_text("path,scale\na.png,0.1\nc.png,0.5\n")
    result = measure_to_file(photos, tmp_path / "out.csv", scale=scales)
    assert (result.n_images, result.n_errors) == (3, 1)
    table = pd.read_csv(tmp_path / "out.csv")
    assert table["area"].dropna().tolist() == pytest.approx([10, 16, 100])
    assert "expected its scale in" in table["error"].dropna().item()
    scales.write_text("path,scale\na.png,0.1\nc.png,1\nb.png,1\n")
    result = measure_to_file(photos, tmp_path / "out.csv", scale=str(scales))
    assert (result.n_kept, result.n_errors) == (1, 0)  # what was said of the others has changed
    assert pd.read_csv(tmp_path / "out.csv")["area"].dropna().tolist() == pytest.approx([10, 16, 400])


def test_what_is_wrong_is_said_before_the_work(photos, tmp_path):
    with pytest.raises(ValueError, match=r"\.csv or \.parquet"):
        measure_to_file(photos, tmp_path / "out.xlsx")
    with pytest.raises(ValueError, match="existing folder"):
        measure_to_file(photos, tmp_path / "no" / "out.csv")
    with pytest.raises(ImageReadError):
        measure_to_file(tmp_path / "nowhere", tmp_path / "out.csv")
    with pytest.raises(ImageFormatError, match="at least one"):
        measure_to_file([], tmp_path / "out.csv")


def test_a_picture_that_cannot_be_written_stops_the_run(photos, tmp_path):
    (tmp_path / "checks" / "a.png.jpg").mkdir(parents=True)
    (tmp_path / "checks" / "a.png.jpg" / "full").touch()
    with pytest.raises(FileWriteError, match="checks"):
        measure_to_file(photos, tmp_path / "out.csv", check_pictures=tmp_path / "checks")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_photos_of_an_archive_have_pictures_of_their_own(photos, tmp_path, kind):
    archive = shutil.make_archive(str(tmp_path / "all"), kind, photos)
    checks = tmp_path / "checks"
    assert measure_to_file(archive, tmp_path / "out.csv", check_pictures=checks).n_objects == 3
    names = sorted(path.name.rpartition("__")[2] for path in checks.iterdir())
    assert names == ["a.png.jpg", "b.png.jpg", "c.png.jpg"]
    assert measure_to_file(archive, tmp_path / "out.csv", check_pictures=checks).n_kept == 3


def test_every_page_is_a_photo_with_the_labels_of_its_page(tmp_path):
    boxes = [(10, 10, 30, 60), (50, 80, 90, 120), (20, 20, 40, 40)]
    pages = np.stack([photo_of(box) for box in boxes])
    (tmp_path / "photos").mkdir()
    (tmp_path / "labels").mkdir()
    stack = tmp_path / "photos" / "stack.tif"
    options = {"photometric": "rgb", "resolution": (400, 400), "resolutionunit": "CENTIMETER"}
    stack.write_bytes(with_tifffile(pages, **options))
    labels = (pages[..., 0] < 100).astype(np.uint8) * 3
    (tmp_path / "labels" / "stack.tif").write_bytes(with_tifffile(labels, photometric="minisblack"))
    expected = [1000, 1600, 400]
    for more in ({}, {"labels": tmp_path / "labels"}, {"labels": "{parent}/labels/{stem}*"}):
        out = tmp_path / f"{len(str(more))}.csv"
        pictures = tmp_path / f"pictures {out.stem}"
        given = {"scale": "metadata", "pages": "all", "metadata": True, "check_pictures": pictures, **more}
        assert measure_to_file(tmp_path / "photos", out, **given) == (3, 3, 0, 0, 0, 0, 0)
        table = pd.read_csv(out)
        assert table["path"].tolist() == [f"{stack}#page={page}" for page in range(3)]
        assert table["area_px"].tolist() == expected
        assert table["area"].tolist() == pytest.approx([0.025**2 * area for area in expected])
        assert len(list(pictures.iterdir())) == 3
        assert measure_to_file(tmp_path / "photos", out, **given).n_kept == 3
    stack.write_bytes(with_tifffile(pages[::-1], **options))
    assert measure_to_file(tmp_path / "photos", out, **given).n_kept == 0  # the file has changed since


def test_what_the_tilt_of_the_camera_may_leave_is_told(tmp_path):
    sheets = make_sheets(2, scale=("coin", "sheet"), min_leaves=3, max_leaves=3, random_state=0)
    (tmp_path / "photos").mkdir()
    for number, image in enumerate(sheets.images):
        cv2.imwrite(str(tmp_path / "photos" / f"{number}.png"), image[..., ::-1])
    for number, scale, n_tilted in ((0, f"coin:{sheets.size[0]}", 1), (1, "sheet:210x297", 0)):
        out = tmp_path / f"{number}.csv"
        result = measure_to_file(tmp_path / "photos" / f"{number}.png", out, scale=scale)
        assert (result.n_tilted, result.n_without_scale) == (n_tilted, 0)
        warning = pd.read_csv(out, keep_default_na=False)["warning"]
        assert warning.str.contains("off by tilt_error").all() == bool(n_tilted)
        assert (warning == "").all() == (not n_tilted)
