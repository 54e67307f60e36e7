__all__: list[str]

from .cooccurrence import cooccurrence_matrix as cooccurrence_matrix
from .fractal import FractalDimensions as FractalDimensions
from .fractal import fractal_dimensions as fractal_dimensions
from .fractal import fractal_dimensions_names as fractal_dimensions_names
from .glrlm import GLRLM as GLRLM
from .glrlm import glrlm as glrlm
from .glrlm import glrlm_names as glrlm_names
from .glszm import GLSZM as GLSZM
from .glszm import glszm as glszm
from .glszm import glszm_names as glszm_names
from .haralick import Haralick as Haralick
from .haralick import haralick as haralick
from .haralick import haralick_names as haralick_names
from .laws import LawsEnergies as LawsEnergies
from .laws import laws_energies as laws_energies
from .laws import laws_energies_names as laws_energies_names
from .ngtdm import NGTDM as NGTDM
from .ngtdm import ngtdm as ngtdm
from .ngtdm import ngtdm_names as ngtdm_names
