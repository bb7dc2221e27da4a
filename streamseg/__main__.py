"""Lets ``python -m streamseg`` do what ``streamseg`` does."""

import sys

from streamseg.cli import main

sys.exit(main())
