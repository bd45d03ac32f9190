"""A server on this machine that accepts and is silent, or gives a byte now and then."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread


@contextmanager
def trickling(head: bytes = b"", body: bytes = b"", every: float = 0.02) -> Iterator[str]:
    """Answer every connection with `head` at once and the bytes of `body` one by one; the server's URL.

    Args:
        head: nothing, and the server never answers.
        body: begun anew when it is over.
        every: seconds between two bytes.
    """
    over = Event()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if head:
                connection.recv(2**16)
                connection.sendall(head)
            place = 0
            while not over.wait(every):
                if body:
                    connection.sendall(body[place % len(body) :][:1])
                    place += 1

    def serve(server: socket.socket) -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                connection, _ = server.accept()
                threads.append(Thread(target=answer, args=(connection,)))
                threads[-1].start()

    threads: list[Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        acceptor = Thread(target=serve, args=(server,))
        acceptor.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            for thread in (acceptor, *threads):
                thread.join()
