"""The demo runs from pictures to a report."""

import numpy as np
import pytest

from pipelines import demo


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # few images, said in the report
def test_quick_demo_writes_a_report_of_all_that_it_compared(tmp_path, capsys):
    path = tmp_path / "report.html"
    demo.main(["--quick", "--report", str(path)])
    page = path.read_text(encoding="utf-8")
    assert str(path) in capsys.readouterr().out
    for title in ("Handwritten digits", "Iris flowers", "Objects on textures"):
        assert f">{title}" in page
    assert page.count('class="headline"') == 3
    assert len(page) < 5e6


def test_drawn_objects_have_any_colour_on_any_ground():
    images, labels = demo.draw_objects(20)
    assert images.shape == (60, 128, 128, 3)
    assert np.unique(labels, return_counts=True)[1].tolist() == [20, 20, 20]
    by_class = [images[labels == label].mean(axis=(0, 1, 2)) for label in demo.SHAPES]
    assert np.ptp(by_class, axis=0).max() < 40  # mean colour tells nothing
