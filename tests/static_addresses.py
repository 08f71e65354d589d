"""Static files as the finders find them, without collecting; each address is made once."""

from __future__ import annotations

from django.contrib.staticfiles.storage import StaticFilesStorage


class RememberedAddresses(StaticFilesStorage):
    """A page names some thirty files, and thousands of pages are made in one run."""

    def url(self, name: str) -> str:
        addresses = self.__dict__.setdefault("_addresses", {})
        if name not in addresses:
            addresses[name] = super().url(name)
        return addresses[name]
