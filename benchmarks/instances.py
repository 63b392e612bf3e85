"""Instances to measure: built in a folder, and served by processes of their own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from app.cli import instance
from app.config import ROOT, Settings, read_settings


def settings(folder: Path, **more: object) -> Settings:
    return read_settings(data_dir=folder, workers=0, _env_file=None, **more)


@contextmanager
def opened(folder: Path) -> Iterator[Flask]:
    """The application of a new instance in this folder."""
    with instance.opened(settings(folder)) as app:
        yield app


@contextmanager
def running(*command: object, port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that listens on a port, until the end of the block."""
    with started(*command, **environment) as process:
        _wait_for(port, process)
        yield process


@contextmanager
def started(*command: object, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs until the end of the block."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ALLCLEAR_")}
    process = subprocess.Popen(
        [str(part) for part in command],
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def python(code: str) -> tuple[str, ...]:
    return sys.executable, "-c", code


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        if process.poll() is not None:
            raise RuntimeError("the server ended at once")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server does not listen")
