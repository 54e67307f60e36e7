__all__: list[str]

from .section import ReportSection as ReportSection
from .write import write_report as write_report
