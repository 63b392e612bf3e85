"""How a broken rule is told to the person at the screen."""


class CannotStart(Exception):
    """Something around the program must be put right first; the message says what and how."""


class Rejected(Exception):
    """A rule was broken. Each keyword is the field, its value a sentence about it.

    Use the field `form` for what belongs to no single field.
    """

    def __init__(self, **errors: str) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class Conflict(Rejected):
    """Somebody else was faster: what the person saw is no longer how things stand."""
