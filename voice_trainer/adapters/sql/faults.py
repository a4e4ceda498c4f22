"""Turns what a database or a disk says into the project's own errors."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from voice_trainer.errors import StorageError

_READ_ONLY_ERRNO = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOENT)
_DISK_FULL_ERRNO = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
# SQLite's primary result codes, to which the lower byte of every extended code belongs.
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
_NOT_A_SERVER = object()
# PostgreSQL's codes, https://www.postgresql.org/docs/15/errcodes-appendix.html
_SERVER_GONE = ("08", "28", "3D")
_SERVER_STARTS_OR_STOPS = ("57P01", "57P02", "57P03", "53300")
_SERVER_FULL = ("53100", "53200")
_SERVER_READ_ONLY = ("25006", "42501")
_SERVER_LOCKED = ("55P03", "40P01", "40001")
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)


@contextmanager
def storage_faults(where: str) -> Iterator[None]:
    """Errors of the block become `StorageError`; `where` is the database as shown to people."""
    try:
        yield
    except DBAPIError as error:
        raise database_fault(error.orig or error, where) from error
    except sqlite3.Error as error:
        raise database_fault(error, where) from error
    except OSError as error:
        raise disk_fault(error, where) from error


def disk_fault(error: OSError, where: str) -> StorageError:
    """The error for what the operating system said."""
    if error.errno in _DISK_FULL_ERRNO:
        return disk_full(where)
    if error.errno in _READ_ONLY_ERRNO:
        return read_only(where, str(error))
    return StorageError(
        "disk_broken",
        f"The database at {where} cannot be reached: {error}.",
        remedy="Check that the disk is connected and healthy, then try again.",
    )


def database_fault(error: BaseException, where: str) -> StorageError:
    """The error for what the database said."""
    if (state := getattr(error, "sqlstate", _NOT_A_SERVER)) != _NOT_A_SERVER:
        return _server_fault(str(state or ""), error, where)
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary in _LOCKED:
        return locked(where)
    if primary == sqlite3.SQLITE_FULL:
        return disk_full(where)
    if primary in _READ_ONLY:
        return read_only(where, str(error))
    if primary in _BROKEN:
        return broken(where, str(error))
    return StorageError(
        "database_failed",
        f"The database at {where} refused: {error}.",
        remedy="Run `voice-trainer doctor`; if it goes on, restore the database from a backup.",
    )


def _server_fault(state: str, error: BaseException, where: str) -> StorageError:
    """By PostgreSQL's error codes; none at all is a connection that could not be made or was lost."""
    detail = str(error).strip().partition("\n")[0]
    if not state or state[:2] in _SERVER_GONE or state in _SERVER_STARTS_OR_STOPS:
        return unreachable(where, detail)
    if state in _SERVER_FULL:
        return disk_full(where)
    if state in _SERVER_READ_ONLY:
        return read_only(where, detail)
    if state in _SERVER_LOCKED:
        return locked(where)
    return StorageError(
        "database_failed",
        f"The database at {where} refused (code {state}).",  # its text may quote what was to be stored
        remedy="Look into the server's log.",
    )


def unreachable(where: str, detail: str) -> StorageError:
    """The server is down, restarting, or not to be found."""
    return StorageError(
        "database_unreachable",
        f"The database at {where} cannot be reached ({detail}).",
        remedy="Check that the server runs and that address, name and password are right; then try again.",
    )


def locked(where: str) -> StorageError:
    """Another program holds the database for longer than we wait."""
    return StorageError(
        "database_locked",
        f"The database at {where} is locked by another program.",
        remedy="Close the program that holds it (a backup or a database browser, perhaps) and try again.",
    )


def disk_full(where: str) -> StorageError:
    """No room is left; the transaction was undone."""
    return StorageError(
        "disk_full",
        f"The disk that holds {where} is full; what was saved before is untouched.",
        remedy="Free some space and try again.",
    )


def read_only(where: str, detail: str) -> StorageError:
    """The folder or the file may not be written or made."""
    return StorageError(
        "data_read_only",
        f"The database at {where} cannot be written ({detail}).",
        remedy="Allow writing there, or choose another data folder.",
    )


def broken(where: str, detail: str) -> StorageError:
    """The file is damaged, or is no database of this program."""
    return StorageError(
        "database_broken",
        f"The file {where} is not a voice-trainer database, or it is damaged ({detail}).",
        remedy="Move it away and start again; recordings lie beside it and stay. "
        "A copy from before the last upgrade ends in .backup.",
    )


def newer(where: str, revision: str) -> StorageError:
    """A newer program has changed the schema."""
    return StorageError(
        "database_newer",
        f"The database at {where} was written by a newer voice-trainer (schema {revision}); "
        "nothing was touched.",
        remedy="Update voice-trainer, or choose another data folder.",
    )
