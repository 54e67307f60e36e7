"""
Many images: chunks, cache, missing rows
========================================

`ChunkedTransformer` works through any number of images in threads, `FeatureCache` keeps rows on disk so that the next
run is quick, `drop_missing` leaves out images without a foreground.
"""

import tempfile

from matplotlib.figure import Figure

from featkit import ChunkedTransformer, FeatureCache, RegionMeasurements, drop_missing, make_shapes

shapes = make_shapes(40, random_state=0)
masks = shapes.images > 127
masks[7] = False  # nothing there
chunked = ChunkedTransformer(
    RegionMeasurements(), cache=FeatureCache(tempfile.mkdtemp() + "/rows"), chunk_size=16, n_jobs=2
)
table = chunked.fit_transform(masks)
kept, truth = drop_missing(table, shapes.area)
figure = Figure(figsize=(4, 3), layout="constrained")
axis = figure.subplots()
axis.plot(truth, kept[:, 1], ".")
axis.set(xlabel="true area", ylabel="measured area", title=f"{len(table) - len(kept)} image left out: no foreground")
