"""S3-compatible storage as a command reaches it; boto3 is imported when it is used."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.errors import CannotStart

if TYPE_CHECKING:
    from app.publication.bucket import Bucket

SCHEME = "s3://"
CONNECT_SECONDS = 5
READ_SECONDS = 30
TRIES = 5


@contextmanager
def opened(place: str, endpoint: str) -> Iterator["Bucket"]:
    """The storage at `s3://bucket/prefix`; raise CannotStart where it refuses or does not answer.

    Region and keys come from where boto3 looks for them: the environment, its files, the machine.
    """
    try:
        import boto3
        from boto3.exceptions import Boto3Error
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise CannotStart(
            "Storage needs boto3, which is not installed. Install it: "
            ".venv/bin/pip install --require-hashes -r requirements-postgres.lock"
        ) from error
    from app.publication.bucket import Bucket

    parts = urlsplit(place)
    if not parts.netloc:
        raise CannotStart("--to should name a bucket: s3://bucket or s3://bucket/prefix")
    limits = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"max_attempts": TRIES, "mode": "standard"},
        max_pool_connections=20,
    )
    try:
        client = boto3.client("s3", endpoint_url=endpoint or None, config=limits)
        yield Bucket(client, parts.netloc, parts.path)
    except (Boto3Error, BotoCoreError, ClientError, ValueError) as error:
        raise CannotStart(f"{place} cannot be written: {error}") from error
