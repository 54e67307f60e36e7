"""The command line `featkit cut-out`."""

import cv2
import pandas as pd
import pytest

from featkit import cli
from featkit.datasets import make_sheets


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "photos").mkdir()
    sheets = make_sheets(2, scale="sheet", height=600, width=800, min_leaves=3, max_leaves=3, random_state=1)
    for number, image in enumerate(sheets.images):
        cv2.imwrite(str(tmp_path / "photos" / f"{number}.png"), image[..., ::-1])
    return tmp_path / "photos"


def test_cut_out(photos, tmp_path, capsys):
    command = ["cut-out", str(photos), "--out", str(tmp_path / "cut"), "--objects", "--min-size", "100"]
    assert cli.main(command) == 0
    files = len(list((tmp_path / "cut").glob("*.png")))
    assert f"{files} files of 2 images" in capsys.readouterr().out
    assert files == len(pd.read_csv(tmp_path / "cut" / "cut_out.csv")) > 3
    assert cli.main(command) == 0
    assert "2 images done before" in capsys.readouterr().out
    assert cli.main(["cut-out", str(photos), "--out", str(tmp_path / "whole")]) == 0
    assert len(list((tmp_path / "whole").glob("*.png"))) == 2
    assert cli.main(["cut-out", str(photos), "--out", str(tmp_path / "whole"), "--split"]) == 2
