import io
import tarfile
import warnings
import zipfile

import pytest

from featkit import list_images, list_labelled_images
from featkit.exceptions import ImageReadError, LeftOutWarning
from featkit.io.inputs.finding import find_images
from featkit.io.inputs.folder_names import classes_of, has_split_names, level_of_classes, natural_key
from featkit.io.inputs.shards import ShardPart

# Layouts of data sets that people download: folders that hold images and, beside them, masks or labels as images.
IMAGES_AND_MASKS = {
    "nnU-Net": "imagesTr imagesTs labelsTr",
    "nnU-Net with validation": "imagesTr imagesVal labelsTr labelsVal",
    "VOC": "JPEGImages SegmentationClass SegmentationObject",
    "Cityscapes": "leftImg8bit/train/aachen gtFine/train/aachen",
    "KITTI": "training/image_2 training/semantic testing/image_2",
    "MVTec": "train/good test/good test/crack ground_truth/crack",
    "MVTec, several objects": "bottle/test/good bottle/ground_truth/crack cable/test/good",
    "DSB": "a1/images a1/masks b2/images b2/masks",
    "ISIC": "ISIC_Task1_Training_Input ISIC_Task1_Training_GroundTruth",
    "truth": "image gt",
    "targets": "input target",
    "YOLO": "images/train images/val labels/train labels/val",
}


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.parametrize("name", IMAGES_AND_MASKS)
def test_images_and_their_masks_are_no_classes_in_the_layout_of_any_data_set(name, tmp_path):
    touch(tmp_path / "data", *[f"{folder}/1.png" for folder in IMAGES_AND_MASKS[name].split()])
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        for folder in IMAGES_AND_MASKS[name].split():
            archive.writestr(f"{folder}/1.png", b"")
    for find, place in ((list_images, "data"), (find_images, "data"), (find_images, "data.zip")):
        with pytest.raises(
            ImageReadError, match=r"got images and their masks or labels: .*ImageReader\(mask_pattern=\)"
        ):
            find(tmp_path / place)


@pytest.mark.parametrize(
    "names", ["no_mask mask", "with_mask without_mask", "target arrow", "gt suv", "train mask bus"]
)
def test_classes_with_names_of_masks_are_classes(names, tmp_path):
    touch(tmp_path, *[f"{name}/1.png" for name in names.split()])
    assert sorted(list_images(tmp_path).labels) == sorted(names.split())


@pytest.mark.parametrize(
    "parts", ["imagesTr imagesTs", "split1 split2", "cv_1 cv_2", "Task3_Training_Input Task3_Test_Input"]
)
def test_further_names_of_parts(parts, tmp_path):
    assert has_split_names(parts.split())
    touch(tmp_path, *[f"{part}/{name}/1.png" for part in parts.split() for name in ("cat", "dog")])
    with pytest.warns(LeftOutWarning, match="are put together"):
        assert list_images(tmp_path).labels.tolist() == ["cat", "dog"] * 2


def test_images_without_class_beside_the_classes_of_another_part_are_left_out(tmp_path):
    touch(tmp_path, "train/n01/images/1.png", "train/n02/images/1.png", "val/images/2.png", "test/images/3.png")
    with pytest.warns(LeftOutWarning, match="are put together"):
        found = list_images(tmp_path)
    assert found.labels.tolist() == ["n01", "n02"]
    assert sorted(path[-len("images/2.png") :] for path in found.skipped) == ["images/2.png", "images/3.png"]
    assert classes_of([("train", "n01", "images"), ("val", "images"), ("test",)], 1) == ["n01", None, None]
    assert classes_of([("images",), ("dog",)], 0) == ["images", "dog"]


@pytest.mark.parametrize(
    "tops", ["color grayscale segmented", "part1 part2", "Trainingsdaten Testdaten", "entrainement essai"]
)
def test_classes_that_hold_the_same_folders_are_told(tops, tmp_path):
    touch(tmp_path, *[f"{top}/{name}/1.png" for top in tops.split() for name in ("cat", "dog")])
    for find in (list_images, find_images):
        with pytest.warns(LeftOutWarning, match="each of them holds the same folders: cat, dog") as told:
            find(tmp_path)
    line = str(told[0].message)
    pattern = line.partition("label_from=r'")[2].partition("')")[0]
    assert set(list_labelled_images(tmp_path, label_from=pattern).labels) == {"cat", "dog"}


@pytest.mark.parametrize(
    "folders", [["a/train", "a/test", "b/train", "b/test"], ["a/x", "a/y", "b/x"], ["a/2024", "b/2024"], ["a", "b"]]
)
def test_folders_of_classes_that_differ_are_not_told(folders, tmp_path):
    touch(tmp_path, *[f"{folder}/1.png" for folder in folders])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert set(list_images(tmp_path).labels) == {"a", "b"}


def test_levels_of_classes():
    assert level_of_classes([("seg_train", "seg_train", "cat"), ("seg_test", "seg_test", "dog")], 1) == 2
    assert sorted(["img10", "img2", "Img3"], key=natural_key) == ["img2", "Img3", "img10"]


@pytest.mark.parametrize(
    "mask", ["a_mask.png", "a-masks.tif", "a_cp_masks.png", "a.seg.png", "A_MASK.PNG", "a segmentation.png"]
)
def test_masks_beside_their_images_are_left_out(mask, tmp_path):
    image = "A.jpg" if mask.isupper() else "a.jpg"
    touch(tmp_path / "data", f"cat/{image}", f"cat/{mask}", "dog/b.jpg", "dog/face_mask.jpg")
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        for name in (f"cat/{image}", f"cat/{mask}", "dog/b.jpg", "dog/face_mask.jpg"):
            archive.writestr(name, b"")
    with pytest.warns(LeftOutWarning, match=rf"1 masks beside images were left out, the first {mask}. .*mask_pattern"):
        paths, labels, skipped = list_images(tmp_path / "data")
    assert [path.rpartition("/")[2] for path in paths] == [image, "b.jpg", "face_mask.jpg"]
    assert labels.tolist() == ["cat", "dog", "dog"]
    assert [path.rpartition("/")[2] for path in skipped] == [mask]
    for place in ("data", "data.zip"):
        with pytest.warns(LeftOutWarning, match="1 masks beside images") as told:
            assert find_images(tmp_path / place).n_images == 3
        assert len(told) == 1


def test_masks_in_a_shard_are_no_images(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as shard:
        for name in ("a.png", "a.seg.png", "a.cls", "b.left.png", "b.right.png", "b.cls"):
            member = tarfile.TarInfo(name)
            member.size = 1
            shard.addfile(member, io.BytesIO(b"1"))
    with pytest.warns(LeftOutWarning, match="1 masks beside images were left out, the first a.seg.png"):
        items = list(ShardPart(str(tmp_path / "a.tar")).open())
    assert [item.label for item in items] == ["1", "1", "1"]
    assert [item.name.rpartition("::")[2] for item in items] == ["a.png", "b.left.png", "b.right.png"]
