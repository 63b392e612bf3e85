"""What happened, told upwards after the commit. Sent with `db.after_commit`."""

from blinker import Signal

published = Signal("what the public reads has changed")
owed = Signal("there are messages to deliver")
