__all__: list[str]

from .gabor import GaborBank as GaborBank
from .gabor import gabor_energies as gabor_energies
from .gabor import gabor_energies_names as gabor_energies_names
from .gabor_amplitudes import gabor_amplitudes as gabor_amplitudes
from .power_spectrum import PowerSpectrum as PowerSpectrum
from .power_spectrum import power_spectrum as power_spectrum
from .power_spectrum import power_spectrum_names as power_spectrum_names
from .scattering import Scattering as Scattering
from .scattering import scattering as scattering
from .scattering import scattering_names as scattering_names
from .wavelets import WaveletEnergies as WaveletEnergies
from .wavelets import wavelet_energies as wavelet_energies
from .wavelets import wavelet_energies_names as wavelet_energies_names
