"""The command line `featkit train-verifier`, and compare-faces with what it writes."""

import cv2
import pytest
from skimage.data import astronaut

from featkit.cli import main


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    root = tmp_path_factory.mktemp("people")
    face = astronaut()[:240, 100:340, ::-1]
    for person in range(4):
        (root / str(person)).mkdir()
        for number in range(2):
            photo = cv2.resize(face, (200 + 30 * person, 240 + 4 * number))
            cv2.imwrite(str(root / str(person) / f"{number}.png"), photo)
    return root


def test_verifier_is_learnt_and_gives_a_verdict(people, tmp_path, capsys):
    out = str(tmp_path / "verifier.skops")
    assert main(["train-verifier", str(people), "--out", out, "--jobs", "2"]) == 0
    assert "8 faces of 4 people" in capsys.readouterr().out
    one, other = str(people / "0" / "0.png"), str(people / "3" / "1.png")
    assert main(["compare-faces", one, one, "--verifier", out]) == 0
    assert "Verdict: a match" in capsys.readouterr().out
    assert main(["compare-faces", one, other, "--verifier", out]) == 3
    assert "Verdict: no match" in capsys.readouterr().out
    (people / "2" / "odd.png").write_bytes(b"no image")
    assert main(["train-verifier", str(people), "--out", out]) == 1
    assert "odd.png: ImageReadError" in capsys.readouterr().out


def test_another_model_is_no_verifier(tmp_path, capsys):
    from featkit import HOG, save_model

    save_model(HOG(), tmp_path / "hog.skops")
    assert main(["compare-faces", "a.png", "b.png", "--verifier", str(tmp_path / "hog.skops")]) == 2
    assert "train-verifier" in capsys.readouterr().err
