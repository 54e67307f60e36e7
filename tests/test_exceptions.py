import pickle

import pytest

from featkit.exceptions import (
    FeatkitError,
    ImageFormatError,
    ImageReadError,
    ImageReadWarning,
    MissingDependencyError,
    ModelFileError,
    ModelLicenseWarning,
    SubjectNotFoundError,
    counted,
)


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (ImageFormatError, ValueError),
        (ImageReadError, OSError),
        (ModelFileError, OSError),
        (SubjectNotFoundError, ValueError),
        (MissingDependencyError, ImportError),
    ],
)
def test_each_error_is_caught_as_featkits_and_as_the_builtin_it_is(error, builtin):
    for kind in (FeatkitError, builtin):
        with pytest.raises(kind, match="^what to do$"):
            raise error("what to do")


@pytest.mark.parametrize("kind", [ImageReadError, ModelFileError])
def test_an_error_about_a_file_keeps_its_path_and_notes_across_processes(kind):
    error = kind("cat.jpg: truncated", "photos/cat.jpg")
    error.add_note("image 3 of the batch")
    error = pickle.loads(pickle.dumps(error))
    assert isinstance(error, kind)
    assert error.__notes__ == ["image 3 of the batch"]
    assert (str(error), error.path) == ("cat.jpg: truncated", "photos/cat.jpg")
    assert kind("truncated").path is None


@pytest.mark.parametrize("kind", [ImageReadWarning, ModelLicenseWarning])
def test_the_warning_can_be_filtered_by_its_kind(kind):
    assert issubclass(kind, UserWarning)


@pytest.mark.parametrize(("number", "told"), [(0, "0 other photos"), (1, "1 other photo"), (2, "2 other photos")])
def test_one_thing_is_told_in_the_singular(number, told):
    assert counted(number, "other photo") == told
