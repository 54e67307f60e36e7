"""Mask files as the first step of a pipeline, and masks that lie beside images."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from featkit import ChunkedTransformer, FeatureCache, ImageReader, RegionMeasurements
from featkit.exceptions import ImageReadError, ImageReadWarning, ImageValueWarning, LeftOutWarning
from featkit.io.masks import file_beside
from tests.io.image_files import with_pillow, with_tifffile

ROWS, COLS = np.mgrid[:60, :80]
DISKS = [radius**2 >= (ROWS - 30) ** 2 + (COLS - 40) ** 2 for radius in (10, 15, 20)]
AREAS = [disk.sum() for disk in DISKS]
KINDS = {
    "1 bit": lambda disk: with_pillow(Image.fromarray(disk), "PNG"),
    "0/255": lambda disk: with_pillow((disk * 255).astype(np.uint8), "PNG"),
    "labels": lambda disk: with_pillow((disk * 3).astype(np.uint16), "PNG"),
    "tiff": lambda disk: with_tifffile(disk.astype(np.int32)),
}


def areas_of(reader, sources):
    return make_pipeline(reader, RegionMeasurements()).fit_transform(sources)[:, 1].tolist()


@pytest.mark.parametrize("name", KINDS)
def test_silhouettes_are_measured(name):
    assert areas_of(ImageReader(as_mask=True), [KINDS[name](disk) for disk in DISKS]) == AREAS


def test_dark_silhouettes_on_white():
    files = [with_pillow(np.where(disk, 0, 255).astype(np.uint8), "PNG") for disk in DISKS]
    assert areas_of(ImageReader(as_mask=True, mask_kind="dark"), files) == AREAS


def test_one_label_and_a_soft_mask():
    files = [with_pillow(np.where(disk, 2, ROWS > 55).astype(np.uint8), "PNG") for disk in DISKS]
    assert areas_of(ImageReader(as_mask=True, label=2), files) == AREAS
    soft = [with_pillow(np.where(disk, 200, 20).astype(np.uint8), "PNG") for disk in DISKS]
    assert areas_of(ImageReader(as_mask=True, mask_kind="soft"), soft) == AREAS


def test_what_cannot_be_read_is_an_empty_mask_where_that_is_asked_for():
    files = [KINDS["1 bit"](DISKS[0]), None, b"no image"]
    with pytest.raises(ImageReadError, match="this row has none"):
        ImageReader(as_mask=True).fit_transform(files)
    with pytest.warns(ImageReadWarning):
        rows = areas_of(ImageReader(as_mask=True, on_error="blank"), files)
    assert rows[0] == AREAS[0]
    assert np.isnan(rows[1:]).all()
    assert list(ImageReader(as_mask=True).find_errors(files)) == [1, 2]


def test_touching_labels_are_kept_apart(tmp_path):
    halves = np.where(DISKS[1], np.where(COLS < 42, 1, 2), 0).astype(np.uint8)
    expected = (DISKS[1] & (COLS != 42)).sum()
    Image.fromarray(halves).save(tmp_path / "a_mask.png")
    Image.fromarray(np.full((60, 80, 3), 9, np.uint8)).save(tmp_path / "a.png")
    with pytest.warns(ImageValueWarning, match="Labels touch"):
        assert ImageReader(as_mask=True).fit_transform([tmp_path / "a_mask.png"])[0].sum() == expected
    reader = ImageReader(mask_pattern="{parent}/{folder}/{stem}_mask.png")
    with pytest.warns(ImageValueWarning, match="Labels touch"):
        assert (reader.fit_transform([tmp_path / "a.png"])[0][..., 3] > 0).sum() == expected


# Masks beside images


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for place in ("data/images", "data/masks"):
        (tmp_path / place).mkdir(parents=True)
    for k, disk in enumerate(DISKS):
        image = rng.integers(0, 256, (60, 80, 3)).astype(np.uint8)
        (tmp_path / f"data/images/{k}[a].png").write_bytes(with_pillow(image, "PNG"))
        (tmp_path / f"data/masks/{k}[a].png").write_bytes(KINDS["1 bit"](disk))
        (tmp_path / f"data/images/{k}[a]_mask.tif").write_bytes(KINDS["tiff"](disk))
    return tmp_path / "data" / "images"


@pytest.mark.parametrize(
    "pattern", ["{parent}/masks/{stem}.png", "{parent}/{folder}/{stem}_mask.tif", "{parent}/{folder}/{stem}_mask.*"]
)
def test_masks_beside_images_are_their_alpha(folder, pattern):
    paths = [folder / f"{k}[a].png" for k in range(3)]
    reader = ImageReader(mask_pattern=pattern)
    assert areas_of(reader, paths) == AREAS
    for image, plain, disk in zip(reader.fit_transform(paths), ImageReader().fit_transform(paths), DISKS):
        np.testing.assert_array_equal(image[..., :3], plain)
        np.testing.assert_array_equal(image[..., 3], disk * 255)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{parent}/masks/{stem}.tif", "0.a..tif: expected an image file, there is none of this name"),
        ("{parent}/*/{stem}.png", "expected one mask file .* found 2. Change mask_pattern"),
        ("{parent}/nothing/{stem}.*", "expected one mask file .* found 0"),
    ],
)
def test_a_mask_that_is_not_there_follows_on_error(folder, pattern, message):
    path = folder / "0[a].png"
    with pytest.raises(ImageReadError, match=message):
        ImageReader(mask_pattern=pattern).fit_transform([path])
    assert list(ImageReader(mask_pattern=pattern).find_errors([path])) == [0]
    with pytest.warns(ImageReadWarning, match="A blank"):
        assert not ImageReader(mask_pattern=pattern, on_error="blank").fit_transform([path])[0].any()


def test_a_mask_of_another_size_is_refused(folder):
    (folder.parent / "masks" / "0[a].png").write_bytes(KINDS["1 bit"](DISKS[0][:, 1:]))
    with pytest.raises(ImageReadError, match=r"expected a mask as large as .*\(60, 80\), got \(60, 79\)"):
        ImageReader(mask_pattern="{parent}/masks/{stem}.png").fit_transform([folder / "0[a].png"])


def test_a_pattern_needs_paths_and_known_names(folder):
    with pytest.raises(ImageReadError, match="Expected a path, which mask_pattern makes another of, got bytes"):
        ImageReader(mask_pattern="{stem}.png").fit_transform([KINDS["1 bit"](DISKS[0])])
    with pytest.raises(ValueError, match=r"a pattern with \{parent\}.*got '\{name\}.png'"):
        ImageReader(mask_pattern="{name}.png").fit_transform([folder / "0[a].png"])


def test_the_label_and_kind_of_masks_beside_images(folder):
    for k, disk in enumerate(DISKS):
        labels = np.where(disk, 7, np.where(ROWS > 55, 250, 0)).astype(np.uint8)
        (folder.parent / "masks" / f"{k}[a].png").write_bytes(with_pillow(labels, "PNG"))
    reader = ImageReader(mask_pattern="{parent}/masks/{stem}.png", label=7)
    paths = [folder / f"{k}[a].png" for k in range(3)]
    assert areas_of(reader, paths) == AREAS
    dark = reader.set_params(mask_kind="soft", label=None)
    assert areas_of(dark, paths) == [4 * 80] * 3


def test_files_are_masks_or_images():
    with pytest.raises(ValueError, match="as_mask=True or a mask_pattern, got both"):
        ImageReader(as_mask=True, mask_pattern="{stem}").fit_transform([KINDS["1 bit"](DISKS[0])])


def test_parts_of_a_path():
    assert file_beside("/data/rose/a.b.jpg", "{parent}/{folder}/{stem}{suffix}") == "/data/rose/a.b.jpg"
    assert file_beside("/data/rose/a.jpg", "/masks/{folder}/{stem}.png") == "/masks/rose/a.png"


def test_pages_that_are_left_out_are_told_once_for_each_file(tmp_path):
    stack = with_tifffile(np.stack(DISKS), photometric="minisblack")
    paths = [str(tmp_path / name) for name in ("a.tif", "b.tif")]
    for path in paths:
        Path(path).write_bytes(stack)
    with pytest.warns(LeftOutWarning) as caught:
        assert areas_of(ImageReader(as_mask=True), paths * 2) == [AREAS[0]] * 4
    assert [str(one.message).partition(": only page 0")[0] for one in caught] == paths
    assert areas_of(ImageReader(as_mask=True, page=2), [stack]) == [AREAS[2]]
    assert ImageReader(page=1).fit_transform([stack]).sum() == 255 * AREAS[1]


def test_a_page_has_the_mask_of_its_page(tmp_path):
    (tmp_path / "masks").mkdir()
    (tmp_path / "photos").mkdir()
    photos = with_tifffile(np.full((3, 60, 80), 90, np.uint8), photometric="minisblack")
    masks = with_tifffile(np.stack(DISKS).astype(np.uint8) * 255, photometric="minisblack")
    for name in ("stack.tif", "one.tif"):
        (tmp_path / "photos" / name).write_bytes(photos)
    (tmp_path / "masks" / "stack.tif").write_bytes(masks)
    (tmp_path / "masks" / "one.tif").write_bytes(with_tifffile(DISKS[0].astype(np.uint8) * 255))
    pages = [str(tmp_path / "photos" / f"stack.tif#page={page}") for page in range(3)]
    reader = ImageReader(mask_pattern="{parent}/masks/{stem}{suffix}")
    assert areas_of(reader, pages) == AREAS
    chain = make_pipeline(reader, RegionMeasurements())
    cached = ChunkedTransformer(chain, cache=FeatureCache(tmp_path / "cache"))
    assert cached.fit_transform(pages)[:, 1].tolist() == AREAS
    assert areas_of(clone(reader).set_params(page=2), [str(tmp_path / "photos" / "stack.tif")]) == AREAS[2:]
    of_all = [page.replace("stack", "one") for page in pages]  # one mask for all pages
    assert areas_of(reader, of_all) == AREAS[:1] * 3


@pytest.mark.parametrize("orientation", [6, 8])
def test_a_mask_of_the_pixels_as_stored_is_told_that_the_photo_was_turned(orientation, tmp_path):
    exif = Image.Exif()
    exif[274] = orientation
    Image.new("RGB", (30, 20), "white").save(tmp_path / "a.jpg", exif=exif)
    Image.new("1", (30, 20), 1).save(tmp_path / "a_mask.png")
    reader = ImageReader(mask_pattern="{parent}/{folder}/{stem}_mask.png")
    with pytest.raises(
        ImageReadError, match=r"\(30, 20\), got \(20, 30\). Drawn on the pixels as stored, before the EX"
    ):
        reader.fit_transform([tmp_path / "a.jpg"])
    Image.new("1", (30, 20), 1).save(tmp_path / "a_mask.png", exif=exif)
    assert reader.fit_transform([tmp_path / "a.jpg"])[0].shape == (30, 20, 4)
