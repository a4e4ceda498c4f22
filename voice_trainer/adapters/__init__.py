"""One module a technology; each implements a port."""
