"""A folder is described file by file; what is broken is listed, not fatal."""

import os

import cv2
import numpy as np
import pytest
from skimage import data

from featkit import describe_images
from featkit.exceptions import ImageReadError, ImageValueWarning
from tests.io.icc_profiles import ADOBE, P3, PAPER, SRGB
from tests.io.image_files import RGB, png_chunk, with_pillow


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


def named(profile, name):
    return profile.replace(b"made", name)


def profiled_folder(folder):
    """Files with and without color profiles, by the names that they should be found with."""
    profiles = {
        "leaf/phone.png": (named(P3, b"P3.1"), "PNG"),
        "leaf/phone.jpg": (named(P3, b"P3.1"), "JPEG"),
        "leaf/camera.jpg": (named(ADOBE, b"Ado9"), "JPEG"),
        "leaf/screen.png": (named(SRGB, b"sRGB"), "PNG"),
        "leaf/plain.png": (None, "PNG"),
        "leaf/plain.jpg": (None, "JPEG"),
        "leaf/damaged.png": (P3[:200], "PNG"),
        "other/ink.png": (PAPER, "PNG"),
    }
    for name in ("leaf", "other"):
        (folder / name).mkdir()
    for name, (profile, file_format) in profiles.items():
        (folder / name).write_bytes(with_pillow(RGB, file_format, icc_profile=profile))
    gamma = png_chunk(b"gAMA", (100000).to_bytes(4, "big"))
    plain = with_pillow(RGB, "PNG")
    (folder / "leaf" / "linear.png").write_bytes(plain[:33] + gamma + plain[33:])
    return folder


def test_color_profiles_that_files_have_are_told_and_which_were_converted(tmp_path):
    with pytest.warns(ImageValueWarning) as said:
        description = describe_images(profiled_folder(tmp_path))
    assert len({str(warning.message) for warning in said}) == 2  # of the broken one, and of ink for RGB
    files = description.files.rename(index=lambda path: path.rsplit("/", 1)[-1])
    assert files["color_profile"].drop("ink.png").to_dict() == {
        "phone.png": "P3.1",
        "phone.jpg": "P3.1",
        "camera.jpg": "Ado9",
        "screen.png": "sRGB",
        "plain.png": "none",
        "plain.jpg": "none",
        "damaged.png": "broken",
        "linear.png": "by code points or gamma",
    }
    converted = {"phone.png", "phone.jpg", "camera.jpg", "linear.png"}
    assert set(files.index[files["converted"]]) == converted
    text = " ".join(description.remarks)
    assert "Color profiles: 2 P3.1, 2 none" in text or "Color profiles: 2 none, 2 P3.1" in text
    assert "; 4 images were converted to sRGB." in text


def test_nothing_is_said_of_color_profiles_where_there_are_none(folder):
    description = describe_images(folder)
    assert set(description.files["color_profile"]) == {"none"}
    assert not description.files["converted"].any()
    assert "profile" not in " ".join(description.remarks)
