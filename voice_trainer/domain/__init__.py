"""The nouns of the house, as frozen values. Nothing here knows a device, a file or a database."""
