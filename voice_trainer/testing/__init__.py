"""Fakes of the ports, shipped for our tests and for authors of plug-ins."""
