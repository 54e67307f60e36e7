import pytest

from featkit.faces.tables._names import check_names, name_on


@pytest.mark.parametrize(
    ("path", "names", "expected"),
    [
        ("a/anna/1.png", "folder", "anna"),
        ("a/anna_01.jpg", "{name}_*", "anna"),
        ("a/anna_maria_01.jpg", "{name}_*", "anna"),
        ("a/2024-anna.jpg", "*-{name}", "anna"),
        ("a/x+anna+y.jpg", "x+{name}+y", "anna"),
        ("a/anna.jpg", "{name}", "anna"),
        ("a/anna.jpg", "{name}_*", None),
        ("photos.tar::b/anna_1.png", "{name}_*", "anna"),
    ],
)
def test_names_of_photos(path, names, expected):
    check_names(names)
    assert name_on(path, names) == expected


@pytest.mark.parametrize("names", ["", "folders", "*_*", "{name}{name}", "{name}/*", "photos\\{name}_*"])
def test_what_tells_no_name_is_refused(names):
    with pytest.raises(ValueError, match="folder"):
        check_names(names)
