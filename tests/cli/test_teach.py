"""The command line `featkit teach`."""

import cv2
import numpy as np
import pytest

from featkit import cli, load_model


@pytest.fixture
def folders(tmp_path):
    rng = np.random.default_rng(0)
    for folder in ("photos", "masks", "scribbles"):
        (tmp_path / folder).mkdir()
    for number in range(4):
        image = rng.normal(120, 6, (80, 100, 3)).clip(0, 255)
        mask = np.zeros((80, 100), np.uint8)
        cv2.circle(mask, (30 + 10 * number, 40), 18, 255, -1)
        image[mask > 0] += 40, -40, -60
        cv2.imwrite(str(tmp_path / "photos" / f"{number}.jpg"), image.astype(np.uint8))
        if number:
            cv2.imwrite(str(tmp_path / "masks" / f"{number}.png"), mask)
            scribble = np.where(mask > 0, 255, 128).astype(np.uint8)
            scribble[:16] = 0
            cv2.imwrite(str(tmp_path / "scribbles" / f"{number}.png"), scribble)
    return tmp_path


@pytest.mark.parametrize("options", [["masks"], ["scribbles", "--unknown", "128"]])
def test_teach(folders, capsys, options):
    out = str(folders / "fg.skops")
    assert cli.main(["teach", str(folders / options[0]), str(folders / "photos"), "--out", out, *options[1:]]) == 0
    told = capsys.readouterr().out
    assert "3 masks of classes [0, 1]" in told
    assert "intersection over union on photos left out: " in told
    photo = cv2.imread(str(folders / "photos" / "0.jpg"))[np.newaxis, ..., ::-1]
    truth = np.zeros((80, 100), np.uint8)
    cv2.circle(truth, (30, 40), 18, 1, -1)
    found = load_model(out).predict(photo)[0]
    assert (found & (truth > 0)).sum() / (found | (truth > 0)).sum() > 0.7


def test_masks_without_a_photo_are_told(folders, capsys):
    (folders / "photos" / "2.jpg").unlink()
    assert cli.main(["teach", str(folders / "masks"), str(folders / "photos"), "--out", str(folders / "fg.skops")]) == 2
    assert "2.png" in capsys.readouterr().err
    assert not (folders / "fg.skops").exists()
