"""HTTP under ASGI, each request in one thread from its first middleware to its last.

All our views wait for the database, so nothing is gained by a loop. Django's own handler crosses between loop
and threads at each middleware that knows both, and begins a thread and a connection's wrapper for every
request (docs/performance.md). Sockets stay with the loop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.db import close_old_connections
from django.http import FileResponse
from django.urls import set_script_prefix

from clinic.services.core import streams

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class OneThreadHandler(ASGIHandler):
    """Django's handler for ASGI with the synchronous chain of middleware.

    A request that has begun is answered to its end, whether or not anybody still waits for it. Only a stream
    is broken off when its reader has gone.
    """

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="Request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            work = copy_context().run
            loop = asyncio.get_running_loop()
            response = await loop.run_in_executor(self._threads, work, self._answer, scope, body)
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)

    def _answer(self, scope: Scope, body: IO[bytes]) -> Any:
        """In the thread: the whole answer, but of a stream its beginning."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        response._handler_class = self.__class__
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if response.streaming:
            # Its parts are made in another thread, which has a connection of its own.
            close_old_connections()
        else:
            response.close()
        return response

    async def _stream(self, response: Any, receive: Receive, send: Send) -> None:
        if not response.is_async:
            # A file, such as a style: Django would read it whole, and warn.
            response.streaming_content = streams.without_waiting(response.streaming_content)
        async with ThreadSensitiveContext():
            tasks = [
                asyncio.create_task(self.listen_for_disconnect(receive)),
                asyncio.create_task(self.send_response(response, send)),
            ]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                _gone, sent = await asyncio.gather(*tasks, return_exceptions=True)
                await sync_to_async(response.close)()
            if isinstance(sent, Exception):
                raise sent
