"""Masks and pixel sizes travel beside the images, by scikit-learn's metadata routing."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.model_selection import cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

import featkit
from featkit import BackgroundRemover, ChunkedTransformer, RegionMeasurements
from featkit.exceptions import ImageFormatError

SIDES = np.array([4, 6, 8, 4, 6, 8, 10, 4])
IMAGES = np.full((8, 30, 30, 3), 120, dtype=np.uint8)
MASKS = np.zeros((8, 30, 30), dtype=bool)
for mask, side in zip(MASKS, SIDES):
    mask[5 : 5 + side, 7 : 7 + side] = True
PIXEL_SIZES = np.array([0.5, 1, 2, 1, 0.5, 0.25, 3, 2])


def area(table):
    return table["region_area"].to_numpy()


def test_each_image_has_its_own_pixel_size():
    measurer = RegionMeasurements().set_output(transform="pandas")
    for sizes in (PIXEL_SIZES, list(PIXEL_SIZES), pd.Series(PIXEL_SIZES, index=range(8, 0, -1))):
        assert np.allclose(area(measurer.fit_transform(MASKS, pixel_size=sizes)), (SIDES * PIXEL_SIZES) ** 2)
    assert np.allclose(area(measurer.transform(MASKS)), SIDES**2)


@pytest.mark.parametrize("masks", [MASKS, list(MASKS), MASKS.astype(np.uint8), MASKS.astype(float)])
def test_each_image_has_its_own_mask(masks):
    removed = BackgroundRemover().transform(IMAGES, mask=masks)
    assert [featkit.foreground_mask(image).sum() for image in removed] == (SIDES**2).tolist()


def test_a_mask_goes_before_the_alpha_of_the_image():
    told = BackgroundRemover().transform(BackgroundRemover().transform(IMAGES, mask=MASKS), mask=MASKS[::-1])
    assert [featkit.foreground_mask(image).sum() for image in told] == (SIDES[::-1] ** 2).tolist()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_pipeline_routes_both(chunked):
    labels = np.array(["small", "large"])[(SIDES * PIXEL_SIZES > 4).astype(int)]
    with config_context(enable_metadata_routing=True):
        remover = BackgroundRemover().set_transform_request(mask=True)
        measurer = RegionMeasurements().set_transform_request(pixel_size=True)
        features = make_pipeline(remover, measurer)
        if chunked:
            features = ChunkedTransformer(features, chunk_size=3, n_jobs=2)
        model = make_pipeline(features.set_output(transform="pandas"), KNeighborsClassifier(1))
        model.fit(IMAGES, labels, mask=MASKS, pixel_size=PIXEL_SIZES)
        assert (model.predict(IMAGES, mask=MASKS, pixel_size=PIXEL_SIZES) == labels).all()
        rows = model[:-1].transform(IMAGES, mask=MASKS, pixel_size=PIXEL_SIZES)
        assert np.allclose(area(rows), (SIDES * PIXEL_SIZES) ** 2)
        told = {"mask": MASKS, "pixel_size": PIXEL_SIZES}
        scores = cross_validate(model, IMAGES, labels, params=told, cv=2, error_score="raise")["test_score"]
        assert len(scores) == 2


def test_what_is_not_taken_or_does_not_fit_is_refused():
    with pytest.raises(TypeError, match="unexpected keyword argument 'mask'"):
        RegionMeasurements().transform(MASKS, mask=MASKS)
    with pytest.raises(ImageFormatError, match="pixel_size of each of 8 images, got 3"):
        RegionMeasurements().transform(MASKS, pixel_size=[1, 2, 3])
    with pytest.raises(ImageFormatError, match="mask of shape") as caught:
        BackgroundRemover().transform(IMAGES, mask=[*MASKS[:7], MASKS[7][:5]])
    assert "image 7 of the batch" in caught.value.__notes__
