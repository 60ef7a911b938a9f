"""A fast server of one folder, in a process of its own.

`python -m tests.models.download.file_server FOLDER` prints its port.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web


async def serve(folder: str) -> None:
    app = web.Application()
    app.router.add_static("/", folder)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
