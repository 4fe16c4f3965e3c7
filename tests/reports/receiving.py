"""A receiver on this machine that does what it is told to, one answer for each request."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Says:
    """One answer: a code and headers, after some seconds; 0 closes without a word."""

    code: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0
    reason: str | None = None


@dataclass
class Receiving:
    """What it will answer, the last for ever, and what came."""

    url: str
    answers: list[Says]
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextmanager
def receiving(*answers: Says) -> Iterator[Receiving]:
    state = Receiving("", list(answers) or [Says()])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            says = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            state.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            state.headers.append(dict(self.headers.items()))
            state.paths.append(self.path)
            time.sleep(says.after)
            if not says.code:
                self.close_connection = True
                return
            self.send_response(says.code, says.reason)
            for name, value in {"Content-Length": "0", **says.headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_words: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_words: object) -> None:
            """A client that has gone away is no failure of the test."""

    with Server(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}/hook/T0KEN"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        try:
            yield state
        finally:
            server.shutdown()
