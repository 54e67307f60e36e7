"""The command line `featkit faces`."""

import cv2
import numpy as np
import pandas as pd
from skimage.data import astronaut

from featkit.cli import main


def test_a_folder_becomes_a_table(tmp_path, capsys):
    photos, known = tmp_path / "photos", tmp_path / "known"
    photos.mkdir()
    known.mkdir()
    face = np.ascontiguousarray(astronaut()[:240, 100:340, ::-1])
    cv2.imwrite(str(photos / "eileen_1.png"), face)
    cv2.imwrite(str(known / "eileen.png"), face[8:])
    out = tmp_path / "faces.csv"
    words = ["faces", str(photos), "--out", str(out), "--names", "{name}_*", "--known", str(known), "--jobs", "1"]
    assert main([*words, "--pairs", str(tmp_path / "pairs.csv"), "--check-pictures", str(tmp_path / "checks")]) == 0
    printed = capsys.readouterr().out
    assert "1 face on 1 photo in" in printed
    assert "1 face taken for a known person" in printed
    table = pd.read_csv(out)
    assert table[["name", "match"]].to_numpy().tolist() == [["eileen", "eileen"]]
    (photos / "torn.png").write_bytes(b"no image")
    assert main(words) == 1
    assert "1 done before" in capsys.readouterr().out
    assert main(["faces", str(photos), "--out", str(tmp_path / "faces.xls")]) == 2
