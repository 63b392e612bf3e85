"""Keeps mails as files in a folder, to look at: the channel until another one is set."""

import os
from pathlib import Path

from app.content import mime
from app.content.email import Email
from app.delivery.channel import DeliveryFailed, Failure, Post


class Folder:
    """Writes each mail to a file of its own; the same mail again replaces it."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, post: Post) -> str:
        if not isinstance(post, Email):
            raise DeliveryFailed("A folder keeps only mails.", Failure.PERMANENT)
        name = f"{post.reference}.eml"
        # Renamed when it is whole: who looks into the folder never sees half a mail.
        unfinished = self._folder / f".{name}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(mime.to_bytes(post))
            unfinished.replace(self._folder / name)
        except OSError as error:
            reason = f"The folder of mails cannot be written: {error.strerror}"
            raise DeliveryFailed(reason, Failure.OURS) from error
        return name

    def close(self) -> None:
        pass
