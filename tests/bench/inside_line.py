# inside.py: where no namespaces may be made, a line of the same rate and delay inside this process.
#
# SPDX-License-Identifier: GPL-3.0-or-later

import asyncio
import subprocess
import threading
import time

CHUNK = 1400


class InsideLine:
    """Relays TCP at the rate and with the delay of a profile.  Nothing is lost on it; packet headers are not counted."""

    address = "127.0.0.1"

    def __init__(self, profile):
        up, down, delay, _jitter, _loss, queue = profile
        self.near = self.far = None
        self.rates = (up * 1000 / 8, down * 1000 / 8)
        self.delay, self.queue = delay / 1000, queue / 1000
        self.free = [0.0, 0.0]
        self.is_cut = False
        self.writers = set()
        self.clear()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def clear(self):
        self.counts = {"up": 0, "down": 0, "connections": 0, "turns": 0}
        self.last = None

    def run(self, _side, command, **options):
        return subprocess.run(command, **options)

    def start(self, _side, command, **options):
        return subprocess.Popen(command, **options)

    def inside(self, _side, command):
        return command

    def passed(self):
        counts = dict(self.counts)
        self.clear()
        return counts

    def cut(self):
        self.is_cut = not self.is_cut
        if self.is_cut:
            for writer in list(self.writers):
                self.loop.call_soon_threadsafe(writer.transport.abort)

    def close(self):
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def end(self):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=5)

    def reach(self, port):
        """The address by which the near end reaches @port of the far one."""
        ready = asyncio.run_coroutine_threadsafe(self.listen(port), self.loop)
        return f"127.0.0.1:{ready.result(10)}"

    async def listen(self, port):
        async def accept(reader, writer):
            if self.is_cut:
                writer.transport.abort()
                return
            self.counts["connections"] += 1
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
            self.writers |= {writer, there_writer}
            await asyncio.gather(self.carry(0, reader, there_writer), self.carry(1, there_reader, writer), return_exceptions=True)
            self.writers -= {writer, there_writer}

        server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=CHUNK)
        return server.sockets[0].getsockname()[1]

    async def carry(self, which, reader, writer):
        waiting = asyncio.Queue()
        giver = asyncio.ensure_future(self.give(waiting, writer))
        try:
            while True:
                data = await reader.read(CHUNK)
                now = time.monotonic()
                self.free[which] = max(self.free[which], now) + len(data) / self.rates[which]
                self.counts["down" if which else "up"] += len(data)
                if data and self.last != which:
                    self.counts["turns"] += which == 0
                    self.last = which
                waiting.put_nowait((self.free[which] + self.delay, data))
                if not data:
                    break
                # A line that is behind takes no more than its queue.
                await asyncio.sleep(max(self.free[which] - now - self.queue, 0))
        finally:
            waiting.put_nowait((time.monotonic() + self.delay, b""))
            await giver

    async def give(self, waiting, writer):
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(due - time.monotonic(), 0))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        writer.close()
