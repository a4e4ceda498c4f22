"""What leaves the house as a file: JSON, pages, bundles."""
