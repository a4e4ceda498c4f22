"""What must be there before anything can be installed: a Python that will do, on a machine that is served."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from scripts.progress import BootstrapError, say
from scripts.system_packages import apt_install

OLDEST, NEWEST = (3, 11), (3, 13)


def require_python() -> None:
    """Go on with a Python that will do, or say which is needed."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        # A version manager's shim may stand for a Python that is not there: ask it.
        if other and subprocess.run([other, "-c", ""], capture_output=True, check=False).returncode == 0:
            say(f"This is Python {sys.version_info[0]}.{sys.version_info[1]}; going on with {other}.")
            raise SystemExit(subprocess.call([other, *sys.argv]))
    version = ".".join(str(part) for part in sys.version_info[:3])
    raise BootstrapError(
        f"voice-trainer needs Python 3.11, 3.12 or 3.13; this is {version}. Install one, start it with that."
    )


def require_machine() -> None:
    """Intel Macs are no longer served by the makers of numba and torch; the kernel's name tells."""
    if sys.platform == "darwin" and os.uname().machine == "x86_64":
        raise BootstrapError(
            "numba and torch no longer come for Intel Macs (or a Python run through Rosetta): "
            "use a Python for Apple silicon, or another machine."
        )


def require_venv_module() -> None:
    """Debian's Python comes without ensurepip."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not apt_install([package]):
            raise BootstrapError(
                f"This Python cannot make environments. Run: sudo apt-get install {package}"
            ) from None
