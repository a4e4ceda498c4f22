"""What pip cannot bring: packages of the operating system, by apt-get or by naming the command."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.progress import Progress, say

# What pip cannot bring on Linux: Debian's package, and how to see that it is there already.
SOUND = {"libportaudio2": "lib:portaudio"}
FOR_TESTS = {
    "pulseaudio": "pulseaudio",
    "pulseaudio-utils": "pactl",
    "libasound2-plugins": "alsa:libasound_module_pcm_pulse.so",
    "flite": "flite",
    "chromium": "chromium",
    "postgresql": "file:/usr/lib/postgresql/*/bin/initdb",
}
OTHER_MANAGERS = {  # named to the reader, never run
    "dnf": "sudo dnf install portaudio",
    "zypper": "sudo zypper install libportaudio2",
    "pacman": "sudo pacman -S portaudio",
    "apk": "sudo apk add portaudio",
}


def is_there(sign: str) -> bool:
    """Whether a system part is present, by its sign."""
    kind, _, name = sign.rpartition(":")
    if kind == "lib":
        return ctypes.util.find_library(name) is not None
    if kind == "file":
        return next(Path("/").glob(name.lstrip("/")), None) is not None
    if kind == "alsa":
        return any(next(Path("/usr").glob(f"{lib}/alsa-lib/{name}"), None) for lib in ("lib*", "lib/*"))
    return shutil.which(name) is not None


def install_system_packages(wanted: dict[str, str]) -> None:
    """Bring what pip cannot, or name the command; never a reason to stop."""
    if not sys.platform.startswith("linux"):
        return
    absent = [package for package, sign in wanted.items() if not is_there(sign)]
    if absent and not apt_install(absent):
        manager = next((name for name in OTHER_MANAGERS if shutil.which(name)), "")
        command = OTHER_MANAGERS.get(manager, "sudo apt-get install " + " ".join(absent))
        say(f"Not on this machine: {', '.join(absent)}. For live sound, run: {command}")
        say("Without it, demo and the scoring of recordings still work.")


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages if that needs no password."""
    if not shutil.which("apt-get"):
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        asked = shutil.which("sudo") and subprocess.run(
            ["sudo", "-n", "true"], capture_output=True, check=False
        )
        if not asked or asked.returncode:
            return False
        prefix = ["sudo", "-n"]
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "Acquire::Retries=2"]
    say(f"Installing system packages with apt-get: {', '.join(packages)}.")
    with Progress("  (apt-get update, then install, without recommended extras)"):
        try:
            subprocess.run([*apt, "update"], check=False, capture_output=True, timeout=300)
            install = [*apt, "install", "-y", "--no-install-recommends", *packages]
            done = subprocess.run(install, check=False, capture_output=True, text=True, timeout=600)
        except subprocess.TimeoutExpired:
            say("  apt-get took too long and was stopped.")
            return False
    if done.returncode:
        say("  apt-get could not: " + " ".join((done.stderr or done.stdout).split()[-60:]))
    return done.returncode == 0
