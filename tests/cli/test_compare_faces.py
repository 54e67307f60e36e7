"""The command line `featkit compare-faces`."""

import numpy as np
import pytest
from skimage.data import astronaut

from featkit.cli import main


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
    with Image.open(out) as overlay:
        assert overlay.size[0] > 1000
    Image.fromarray(np.zeros((64, 64), np.uint8)).save(tmp_path / "c.png")
    assert main(["compare-faces", str(tmp_path / "a.png"), str(tmp_path / "c.png")]) == 2
    assert "second" in capsys.readouterr().err
