"""``python -m featkit``: the command line without the script ``featkit`` on the path."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
