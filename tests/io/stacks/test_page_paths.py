import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from sklearn.pipeline import make_pipeline

from featkit import ChunkedTransformer, ImageReader, RawPixels, read_image, read_mask
from featkit.exceptions import ImageReadError
from featkit.extraction import FeatureCache, extract_to_parquet
from featkit.io.inputs.items import content_digest, state_of_file
from featkit.io.stacks.page_paths import Part, file_of_path, frame_path, page_path, part_of_path
from tests.io.image_files import with_tifffile

PAGES = np.arange(2 * 4 * 5, dtype=np.uint8).reshape(2, 4, 5) * 6


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "stack.tif"
    path.write_bytes(with_tifffile(PAGES, photometric="minisblack"))
    return str(path)


def test_paths_of_parts_are_taken_apart_again():
    assert part_of_path(page_path("a.tif", 3)) == Part("a.tif", page=3)
    assert part_of_path(frame_path("a#page=1.mp4", 20)) == Part("a#page=1.mp4", frame=20)
    for source in ("a.tif", "a.tif#page=x", b"a.tif#page=1", None, "#page=1"):
        assert part_of_path(source) is None
    assert file_of_path("a.tif#page=1") == "a.tif"
    assert file_of_path("a.tif") == "a.tif"


def test_a_page_is_read_by_its_path(path):
    assert np.array_equal(read_image(f"{path}#page=1"), PAGES[1])
    assert np.array_equal(read_image(f"{path}#page=1", page=1), PAGES[1])
    with pytest.raises(ImageReadError, match=r"#page=1: expected one page, got this path and page=0"):
        read_image(f"{path}#page=1", page=0)
    with pytest.raises(ImageReadError, match=r"stack.tif#page=2: expected a page below 2"):
        read_image(f"{path}#page=2")
    assert np.array_equal(read_mask(f"{path}#page=1", label=126), PAGES[1] == 126)


def test_a_file_of_the_whole_name_goes_first(path, tmp_path):
    Image.fromarray(PAGES[0]).save(tmp_path / "b.png#page=0", "PNG")
    assert np.array_equal(read_image(tmp_path / "b.png#page=0"), PAGES[0])


def test_pages_are_told_apart_by_content_and_seen_to_change(path):
    first, second = f"{path}#page=0", f"{path}#page=1"
    assert content_digest(first) != content_digest(second)
    assert state_of_file(first) == state_of_file(path) != b"\0"


def test_pages_go_through_chunks_and_their_cache(path, tmp_path):
    paths = [f"{path}#page={page}" for page in (0, 1, 0)]
    cache = FeatureCache(str(tmp_path / "cache.sqlite"))
    for _ in range(2):
        rows = ChunkedTransformer(make_pipeline(ImageReader(), RawPixels()), cache=cache).fit_transform(paths)
        assert np.array_equal(rows[0], rows[2])
        assert not np.array_equal(rows[0], rows[1])


def test_pages_are_rows_of_the_dataset(path, tmp_path):
    paths = [f"{path}#page={page}" for page in (0, 1)]
    extract_to_parquet(make_pipeline(ImageReader(), RawPixels()), paths, tmp_path / "features")
    table = pq.read_table(tmp_path / "features").to_pandas()
    assert table.iloc[:, 0].tolist() == paths
