"""Where the files that ship with mockint lie: prompts, question banks, calibration.

In a checkout they are top-level folders beside `app/`; an installed wheel carries them inside
the package under `_data/`.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_dir(name: str) -> Path:
    """The folder of shipped files called `name`: `corpus`, `prompts` or `evals`."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
