__all__: list[str]

from .measures import measure_region as measure_region
from .measures import measure_region_names as measure_region_names
from .measures import measure_regions as measure_regions
from .part_labels import part_labels as part_labels
from .part_measurements import PartMeasurements as PartMeasurements
from .part_measurements import part_measurements as part_measurements
from .region_measurements import RegionMeasurements as RegionMeasurements
from .region_measurements import region_measurements as region_measurements
from .region_measurements import region_measurements_names as region_measurements_names
from .symmetry import Symmetry as Symmetry
from .symmetry import symmetry as symmetry
from .symmetry import symmetry_names as symmetry_names
