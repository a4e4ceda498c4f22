"""Tools of the project: installing, checking, locking. Standard library only."""
