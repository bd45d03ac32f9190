"""A server that says to each connection what it is told to, byte for byte."""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread


@contextmanager
def saying(answer: Callable[[str], Iterable[bytes]]) -> Iterator[str]:
    """Run a server on a free port of this machine.

    Args:
        answer: from the request's head to the pieces of what is sent back.

    Yields:
        Its URL.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=_serve, args=(server, answer))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(server: socket.socket, answer: Callable[[str], Iterable[bytes]]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(2**16)
                for piece in answer(head.decode()):
                    connection.sendall(piece)


def head(status: str, **fields: object) -> bytes:
    """The first lines of an answer; _ in a field's name stands for -."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()
