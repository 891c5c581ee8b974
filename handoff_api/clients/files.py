"""Where the bytes of uploads are kept. A key is a path of our own making, `<conversation>/<file>`."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Protocol

from handoff_api.domain.ids import new_id


class FileStore(Protocol):
    """What another store (an S3 bucket) has to do; the calls of one object, one of a prefix."""

    async def put(self, key: str, content: bytes) -> None:
        """There as a whole or not at all."""

    async def get(self, key: str) -> bytes | None:
        """None where nothing is kept under it."""

    async def delete(self, key: str) -> None:
        """No error where nothing is kept under it."""

    async def delete_under(self, prefix: str) -> None:
        """Everything whose key begins with `prefix/`."""


class Folder:
    """Files below one folder that only this account may read."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, content: bytes) -> None:
        await asyncio.to_thread(self._write, self._path(key), content)

    async def get(self, key: str) -> bytes | None:
        return await asyncio.to_thread(_read, self._path(key))

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def delete_under(self, prefix: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self._path(prefix), ignore_errors=True)

    def _path(self, key: str) -> Path:
        path = (self._root / key).resolve()
        if not path.is_relative_to(self._root.resolve()):
            raise ValueError("a key leaves the folder")
        return path

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_name(new_id("tmp"))
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
