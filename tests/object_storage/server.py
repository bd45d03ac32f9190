"""A server of the S3 protocol on this host, and what is in a bucket of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

#: What tests of object storage need beside the environment.
NEEDED = ("snakemake_executor_plugin_kubernetes", "snakemake_storage_plugin_s3", "moto", "flask_cors")
#: Seconds until a server must answer.
PATIENCE = 60
#: The server takes any keys.
KEYS = {"SNAKEMAKE_STORAGE_S3_ACCESS_KEY": "none", "SNAKEMAKE_STORAGE_S3_SECRET_KEY": "none"}


def missing() -> str | None:
    """Why there can be no object storage here, if there cannot."""
    absent = [name for name in NEEDED if find_spec(name) is None]
    return f"envs/cloud-test.txt is not installed: no {', '.join(absent)}" if absent else None


class Bucket:
    """A bucket of a server."""

    def __init__(self, endpoint: str, name: str) -> None:
        import boto3

        keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none", "region_name": "us-east-1"}
        self.client = boto3.client("s3", endpoint_url=endpoint, **keys)
        self.endpoint, self.name = endpoint, name
        self.client.create_bucket(Bucket=name)

    def fetch(self, prefix: str, folder: Path) -> None:
        """Download every object below a prefix into a folder."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix):
            for found in page["Contents"]:
                path = folder / found["Key"].removeprefix(prefix)
                path.parent.mkdir(parents=True, exist_ok=True)
                self.client.download_file(self.name, found["Key"], str(path))


@contextmanager
def storage(name: str, log: Path) -> Iterator[Bucket]:
    """A server with one bucket, in memory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file, env=os.environ | KEYS) as server:
        try:
            _await(port, server, log)
            yield Bucket(f"http://127.0.0.1:{port}", name)
        finally:
            server.kill()


def _await(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"no server of the S3 protocol: {log.read_text()}")
