__all__: list[str]

from .cut_out import CutOutResult as CutOutResult
from .cut_out import cut_out_to_folder as cut_out_to_folder
from .measure_photo import MeasuredPhoto as MeasuredPhoto
from .measure_photo import measure_photo as measure_photo
from .measure_to_file import MeasurementResult as MeasurementResult
from .measure_to_file import measure_to_file as measure_to_file
