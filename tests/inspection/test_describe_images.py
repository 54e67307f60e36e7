"""A folder is described file by file; what is broken is listed, not fatal."""

import os

import cv2
import numpy as np
import pytest
from skimage import data

from featkit import describe_images
from featkit.exceptions import ImageReadError


@pytest.fixture
def folder(tmp_path):
    cat = np.ascontiguousarray(data.chelsea()[..., ::-1])
    pictures = {
        "cat/sharp.png": cat,
        "cat/blurred.png": cv2.GaussianBlur(cat, (0, 0), 6),
        "cat/dark.png": cat // 8,
        "coin/copy.png": cat,  # the same image under another label
        "coin/gray.png": data.coins(),
        "coin/alpha.png": np.dstack([cat[:50, :70], np.full((50, 70), 255, np.uint8)]),
    }
    for name, picture in pictures.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / name), picture)
    (tmp_path / "coin" / "broken.jpg").write_bytes(b"no picture at all")
    return tmp_path


def test_every_file_has_its_size_mode_light_and_sharpness(folder):
    files = describe_images(folder).files.rename(index=lambda path: path.rsplit("/", 1)[-1])
    assert files.loc["sharp.png", ["height", "width", "mode", "dtype", "label"]].tolist() == [
        300,
        451,
        "RGB",
        "uint8",
        "cat",
    ]
    assert files["mode"].to_dict()["gray.png"] == "gray"
    assert files["mode"].to_dict()["alpha.png"] == "RGB with alpha"
    assert files.loc["dark.png", "brightness"] == pytest.approx(files.loc["sharp.png", "brightness"] / 8, abs=0.005)
    assert files.loc["gray.png", "brightness"] == pytest.approx(data.coins().mean() / 255)
    assert files.loc["gray.png", "contrast"] == pytest.approx(data.coins().std() / 255)
    assert files["sharpness"].idxmin() in ("blurred.png", "dark.png")
    assert files.loc["blurred.png", "sharpness"] < files.loc["sharp.png", "sharpness"] / 10


def test_broken_files_and_duplicates_are_listed_and_said(folder):
    description = describe_images(folder)
    assert [path.rsplit("/", 1)[-1] for path in description.unreadable["path"]] == ["broken.jpg"]
    exact = description.duplicates[description.duplicates["exact"]]
    assert len(exact) == 1
    assert {path.rsplit("/", 1)[-1] for path in exact[["path_a", "path_b"]].iloc[0]} == {"sharp.png", "copy.png"}
    assert not exact["same_label"].iloc[0]
    text = " ".join(description.remarks)
    assert "6 images can be read, 1 files cannot." in text
    assert "Sizes (height x width) run from 50 x 70 to 300 x 451" in text or "303 x 384" in text
    assert "1 identical pixel by pixel" in text


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ImageReadError, match="nowhere"):
        describe_images(tmp_path / "nowhere")


def test_a_large_image_is_as_sharp_as_its_small_copy(tmp_path):
    photo = data.camera()
    for name, picture in {"small": photo, "large": cv2.resize(photo, (2048, 2048))}.items():
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / "1.png"), picture)
    files = describe_images(tmp_path).files
    assert files["height"].tolist() == [2048, 512]
    large, small = files["sharpness"]
    assert 0.3 < large / small < 3


def test_names_that_are_no_utf8_are_written_with_escapes(tmp_path):
    content = cv2.imencode(".png", data.coins())[1].tobytes()
    for name in (b"a\xff/1\xfe.png", b"b/2.png", b"b/broken\xfd.png"):
        path = os.path.join(os.fsencode(tmp_path), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if b"broken" not in name else b"none")
    description = describe_images(tmp_path)
    assert [path[len(str(tmp_path)) :] for path in description.files.index] == [r"/a\xff/1\xfe.png", "/b/2.png"]
    assert description.files["label"].tolist() == [r"a\xff", "b"]
    assert description.unreadable["path"].tolist() == [rf"{tmp_path}/b/broken\xfd.png"]
    assert len(description.duplicates) == 1
