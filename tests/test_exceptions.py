import pickle

import pytest

from featkit import (
    FeatkitError,
    ImageFormatError,
    ImageReadError,
    ImageReadWarning,
    MissingDependencyError,
    SubjectNotFoundError,
)


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (ImageFormatError, ValueError),
        (ImageReadError, OSError),
        (SubjectNotFoundError, ValueError),
        (MissingDependencyError, ImportError),
    ],
)
def test_each_error_is_caught_as_featkits_and_as_the_builtin_it_is(error, builtin):
    for kind in (FeatkitError, builtin):
        with pytest.raises(kind, match="^what to do$"):
            raise error("what to do")


def test_a_read_error_keeps_its_path_across_processes():
    error = pickle.loads(pickle.dumps(ImageReadError("cat.jpg: truncated", "photos/cat.jpg")))
    assert isinstance(error, ImageReadError)
    assert (str(error), error.path) == ("cat.jpg: truncated", "photos/cat.jpg")
    assert ImageReadError("truncated").path is None


def test_the_warning_can_be_filtered_by_its_kind():
    assert issubclass(ImageReadWarning, UserWarning)
