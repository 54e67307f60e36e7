import io

import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image

from featkit import list_images, read_image
from featkit.io.stacks.page_counts import page_beside, pages_of
from tests.io.image_files import with_pillow, with_tifffile

FRAMES = [Image.fromarray(np.full((8, 9, 3), level, np.uint8)) for level in (0, 90, 200)]


def animation(kind):
    return with_pillow(FRAMES[0], kind, save_all=True, append_images=FRAMES[1:], lossless=True)


@pytest.fixture
def folder(tmp_path):
    pages = np.zeros((4, 5, 6), np.uint8)
    files = {
        "a/1.gif": animation("GIF"),
        "a/2.webp": animation("WEBP"),
        "a/3.png": animation("PNG"),
        "a/4.avif": with_pillow(FRAMES[0], "AVIF", save_all=True, append_images=FRAMES[1:]),
        "b/1.tif": with_tifffile(pages, photometric="minisblack"),
        "b/2.tif": with_tifffile(pages[0], photometric="minisblack"),
        "b/3.jpg": with_pillow(FRAMES[0], "JPEG"),
        "b/4.gif": b"GIF89a damaged",
        "b/5.heic": with_pillow_heif(),
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def with_pillow_heif():
    file = pillow_heif.HeifFile()
    for image in FRAMES:
        file.add_from_pillow(image.resize((64, 64)))
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def test_every_page_and_frame_is_an_image(folder):
    paths, labels, skipped = list_images(folder, pages="all")
    found = [path.removeprefix(f"{folder}/") for path in paths]
    expected = [f"a/{name}#page={page}" for name in ("1.gif", "2.webp", "3.png", "4.avif") for page in range(3)]
    expected += [f"b/1.tif#page={page}" for page in range(4)] + ["b/2.tif", "b/3.jpg", "b/4.gif"]
    expected += [f"b/5.heic#page={page}" for page in range(3)]
    assert found == expected
    assert labels.tolist() == [name[0] for name in expected]
    assert skipped == []
    assert list_images(folder, pages="all", labels=False).paths.tolist() == paths.tolist()
    for path in paths[:12]:
        level = (0, 90, 200)[int(path[-1])]
        assert np.abs(read_image(path)[..., :3].astype(int) - level).max() <= 2


def test_without_the_wish_a_file_is_one_image(folder):
    assert len(list_images(folder).paths) == 9


def test_previews_and_masks_are_no_pages(tmp_path):
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(np.zeros((4, 4), np.uint8), subfiletype=1)
        for _ in range(2):
            file.write(np.zeros((8, 8), np.uint8))
        file.write(np.zeros((8, 8), bool), subfiletype=4, photometric="mask")
    assert pages_of(path) == [1, 2]


def test_a_mask_file_of_several_pages_has_the_page_of_the_image(folder):
    stack, single = str(folder / "b/1.tif"), str(folder / "b/2.tif")
    assert page_beside("a.gif#page=2", None, stack) == 2
    assert page_beside("a.gif", 1, stack) == 1
    assert page_beside("a.gif#page=2", None, single) is None
    assert page_beside("a.gif", None, stack) is None
    assert page_beside("a.avi#frame=3", None, stack) is None
