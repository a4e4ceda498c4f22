"""What the build adds to the package: the page's third-party scripts, by the lock in web/assets."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageScripts(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
    """Fetches what is not there yet.

    A wheel without them would be broken, so its build fails; an editable install works without them, except
    for the page, and says how to get them.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Called by hatchling before it gathers files; `version` is "standard" or "editable"."""
        sys.path.insert(0, self.root)
        from scripts import vendor

        named = os.environ.get("VOICE_TRAINER_PAGE_SCRIPTS")
        try:
            vendor.fetch(archive=Path(named) if named else None)
        except vendor.VendorError as failure:
            if version != "editable":
                raise
            self.app.display_warning(f"{failure} The page needs: python -m scripts.vendor")
        finally:
            sys.path.remove(self.root)
