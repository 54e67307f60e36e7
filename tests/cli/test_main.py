"""What all commands share."""

import subprocess
import sys
import warnings

import pytest

import featkit
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


def test_a_stop_from_the_keyboard_gives_a_line_and_130(monkeypatch, capsys):
    def run(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.compare_faces, "run", run)
    assert cli.main(["compare-faces", "a.jpg", "b.jpg"]) == 130
    assert capsys.readouterr().err == "\nStopped; featkit compare-faces did not come to its end.\n"


def test_the_version_is_told_by_the_script_and_by_the_module(capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"featkit {featkit.__version__}\n"
    by_module = subprocess.run(
        [sys.executable, "-m", "featkit", "--version"], capture_output=True, text=True, check=True
    )
    assert by_module.stdout == f"featkit {featkit.__version__}\n"


def test_every_command_shows_examples_that_its_parser_takes(capsys):
    for command in cli.COMMANDS:
        name = command.__name__.rpartition(".")[2].replace("_", "-")
        with pytest.raises(SystemExit, match="0"):
            cli.main([name, "--help"])
        lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
        examples = [line for line in lines if line.startswith(f"featkit {name} ")]
        assert examples, name
        for line in examples:
            assert cli.make_parser().parse_args(line.split()[1:]).command == name


@pytest.mark.parametrize(
    ("typed", "completed"),
    [("featkit ext", "extract"), ("featkit benchmark --qui", "--quick"), ("featkit predict --tru", "--trust")],
)
def test_the_shell_completes_commands_and_options(tmp_path, typed, completed):
    script = subprocess.run(
        [sys.executable, "-m", "shtab", "--shell=bash", "featkit.cli.make_parser"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (tmp_path / "featkit").write_text(script)
    *before, last = typed.split()
    ask = f"""source {tmp_path / "featkit"}
        COMP_WORDS=({typed}); COMP_CWORD={len(before)}; COMPREPLY=()
        $(complete -p featkit | sed -E 's/.*-F ([^ ]+).*/\\1/') featkit {last} {before[-1]}
        echo "${{COMPREPLY[@]}}" """
    assert completed in subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True).stdout.split()
