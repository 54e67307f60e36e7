"""Tables of paths and labels as spreadsheets write them."""

import pytest

from featkit.exceptions import ImageReadError, ImageValueWarning
from featkit.io.inputs.tables import items_of_table

ROWS = [("path", "label"), ("/a, b.png", "rose"), ("/c.png", "d\u00e9j\u00e0 vu")]


def table(folder, text, suffix=".csv", encoding="utf-8"):
    path = folder / f"t{suffix}"
    path.write_bytes(text.encode(encoding))
    return str(path)


def lines(delimiter, rows=ROWS):
    return "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)


TABLES = {
    "comma": (lines(","), ".csv", "utf-8"),
    "BOM": (lines(","), ".csv", "utf-8-sig"),
    "UTF-16": (lines("\t"), ".csv", "utf-16"),
    "semicolon": (lines(";"), ".csv", "utf-8"),
    "tab": (lines("\t"), ".csv", "utf-8"),
    "bar": (lines("|"), ".csv", "utf-8"),
    "comma in tsv": (lines(","), ".tsv", "utf-8"),
    "blanks": (lines(",  "), ".csv", "utf-8"),
    "case": (lines(",", [("Path", "LABEL"), *ROWS[1:]]), ".csv", "utf-8"),
    "old Mac": (lines(",").replace("\r\n", "\r"), ".csv", "utf-8"),
    "empty surplus": (lines(",").replace("\r\n", ",,\r\n"), ".csv", "utf-8"),
    "other order": (lines(";", [row[::-1] for row in ROWS]), ".csv", "utf-8"),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_every_kind_say_the_same(name, tmp_path):
    items = items_of_table(table(tmp_path, *TABLES[name]))
    assert [(item.source, item.label) for item in items] == ROWS[1:]


def test_blanks_around_cells_do_not_count(tmp_path):
    items = items_of_table(table(tmp_path, "path, label\n/a.png, x\n/b.png ,x \n/c.png, \n"))
    assert [(item.source, item.label) for item in items] == [("/a.png", "x"), ("/b.png", "x"), ("/c.png", None)]


REFUSED = {
    "no path": ("file,label\na,b", r"a column 'path', .*got columns \['file', 'label'\]"),
    "another delimiter": ("path:label\na:b", r"parted by commas, .*got columns \['path:label'\]"),
    "two paths": ("path,path,label\na,b,c", r"one column 'path', got 2 in the columns \['path', 'path', 'label'\]"),
    "two labels": ("path,label,Label\na,b,c", "one column 'label', got 2"),
    "surplus": ("path,label\na,b\n\nc,d,e", "expected 2 cells .path, label. in line 4, got 3"),
    "surplus path": ("path\na,b", "expected 1 cells .path. in line 2, got 2"),
    "open quotes": ('path,label\na,"b\nc,d', "expected a CSV table, got: unexpected end of data"),
    "empty": ("", "got no row"),
    "header": ("path,label\n", "got no row"),
    "blank paths": ("path,label\n ,b\n,c", "got 2 empty cells"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_tables_that_are_refused(name, tmp_path):
    text, message = REFUSED[name]
    path = table(tmp_path, text)
    with pytest.raises(ImageReadError, match=message) as told:
        items_of_table(path)
    assert told.value.path == path


def test_bytes_that_are_no_utf_8_are_refused(tmp_path):
    path = table(tmp_path, "path,label\na.png,x\nb.png,\xe4", encoding="latin-1")
    with pytest.raises(ImageReadError, match="text in UTF-8, got the byte 0xe4 in line 3. Save the table as UTF-8"):
        items_of_table(path)


def test_words_for_a_missing_label_are_told(tmp_path):
    place = table(tmp_path, "path,label\na.png,nan\nb.png,rose\nc.png,NA\nd.png,\ne.png,nan\n")
    with pytest.warns(ImageValueWarning, match="3 labels are written 'NA', 'nan', which are taken for classes"):
        items = items_of_table(place)
    assert [item.label for item in items] == ["nan", "rose", "NA", None, "nan"]


@pytest.mark.filterwarnings("error")
def test_classes_that_sound_alike_are_not_told(tmp_path):
    place = table(tmp_path, "path,label\nnan.png,none\nb.png,nana\n")
    assert [item.label for item in items_of_table(place)] == ["none", "nana"]
