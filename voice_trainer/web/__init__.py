"""The browser's face of the use cases: pages, parts of pages, a JSON interface, live sound."""
