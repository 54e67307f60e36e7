"""What all commands share."""

import warnings

from featkit import cli
from featkit.exceptions import ModelLicenseWarning


def test_a_warning_is_told_in_its_words_alone(monkeypatch, capsys):
    def run(options):
        warnings.simplefilter("always")
        warnings.warn("not for sale", ModelLicenseWarning, stacklevel=1)

    monkeypatch.setattr(cli.compare_faces, "run", run)
    shown_before = warnings.showwarning
    assert cli.main(["compare-faces", "a.jpg", "b.jpg"]) == 0
    assert capsys.readouterr().err == "featkit: not for sale\n"
    assert warnings.showwarning is shown_before
