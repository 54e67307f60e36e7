"""The command line `featkit compare-faces`."""

from types import SimpleNamespace

import numpy as np
import pytest
from skimage.data import astronaut

from featkit.cli import main
from featkit.cli.faces.compare_faces import _print_parts


@pytest.fixture(scope="module")
def photo():
    return astronaut()[:256, 96:352]


def test_command_line_compares_and_draws(photo, tmp_path, capsys):
    from PIL import Image

    for name, picture in (("a.png", photo), ("b.png", photo[:, ::-1])):
        Image.fromarray(np.ascontiguousarray(picture)).save(tmp_path / name)
    out = tmp_path / "overlay.png"
    assert main(["compare-faces", str(tmp_path / "a.png"), str(tmp_path / "b.png"), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "whole face" in printed
    assert "No proof of identity" in printed
    assert "HOG at landmarks" in printed
    assert "two strangers" in printed
    with Image.open(out) as overlay:
        assert overlay.size[0] > 1000
    Image.fromarray(np.zeros((64, 64), np.uint8)).save(tmp_path / "c.png")
    assert main(["compare-faces", str(tmp_path / "a.png"), str(tmp_path / "c.png")]) == 2
    assert "c.png: expected a face" in capsys.readouterr().err


def test_a_face_of_several_is_chosen_and_all_pairs_are_told(photo, tmp_path, capsys):
    from PIL import Image

    small = np.zeros_like(photo)
    small[60:188, 60:188] = photo[::2, ::2]
    Image.fromarray(photo).save(tmp_path / "a.png")
    Image.fromarray(np.hstack([small, photo])).save(tmp_path / "two.png")
    paths = [str(tmp_path / "a.png"), str(tmp_path / "two.png")]
    assert main(["compare-faces", *paths]) == 0
    printed = capsys.readouterr().out
    assert "2 faces" in printed
    assert " *1: " in printed
    assert "of all faces of the first photo" in printed
    assert main(["compare-faces", *paths[::-1], "--face", "central"]) == 0
    assert " *1: " in capsys.readouterr().out
    assert main(["compare-faces", *paths, "--face", "2"]) == 0  # of the photo that has several
    assert " *2: " in capsys.readouterr().out
    assert main(["compare-faces", *paths, "--face", "3"]) == 2
    assert "two.png: expected --face from 1 to 2" in capsys.readouterr().err
    assert main(["compare-faces", paths[0], paths[0], "--face", "2"]) == 2
    assert "a.png: expected --face from 1 to 1" in capsys.readouterr().err
    assert main(["compare-faces", *paths, "--face", "first"]) == 2
    assert "largest, central or a number" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("yaw", "pitch", "said"),
    [
        (10, -5, None),
        (25, -5, "differ in yaw by 25°:"),
        (-25, 20, "differ in pitch by 20° and in yaw by 25°:"),
        (0, -16, "differ in pitch by 16°:"),
    ],
)
def test_heads_in_another_pose_are_told(capsys, yaw, pitch, said):
    measures = {"face_pose_pitch": (0, pitch), "face_pose_yaw": (0, yaw), "face_pose_roll": (0, 40)}
    _print_parts(SimpleNamespace(distance=0.1, parts={}, shifts={}, measures=measures))
    printed = capsys.readouterr().out
    assert (said in printed) if said else ("differ in" not in printed)
