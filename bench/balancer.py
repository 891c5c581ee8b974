"""One address in front of several bridges: a TCP balancer of a few lines, which can also make connections half-open.

New connections go in turn to whoever accepts them, as with any balancer that knows nothing of sockets or sessions.
"""

import asyncio
from contextlib import suppress

from bench.handoff_site import free_port

CHUNK = 65_536


class Balancer:
    def __init__(self) -> None:
        self.port = free_port()
        self._ports: list[int] = []
        self._turn = 0
        self._pipes: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._silent: set[asyncio.StreamWriter] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, ports: list[int]) -> None:
        self._ports = ports
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        for pipe in tuple(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    def fall_silent(self) -> None:
        """Every connection there is becomes half-open: nothing more comes through, and nobody is told."""
        self._silent |= self._writers

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._dial()
        if there is None:
            writer.close()
            return
        far_reader, far_writer = there
        ways = [self._pipe(reader, far_writer), self._pipe(far_reader, writer)]
        pipes = [asyncio.create_task(way) for way in ways]
        self._pipes.update(pipes)
        try:
            await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pipe in pipes:
                pipe.cancel()
            await asyncio.gather(*pipes, return_exceptions=True)
            self._pipes.difference_update(pipes)
            for end in (writer, far_writer):
                end.close()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in self._ports:
            self._turn += 1
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self._ports[self._turn % len(self._ports)])
        return None

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            with suppress(OSError):
                while data := await reader.read(CHUNK):
                    if writer not in self._silent:
                        writer.write(data)
                        await writer.drain()
        finally:
            self._writers.discard(writer)
            self._silent.discard(writer)
