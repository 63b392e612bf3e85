"""What each test's application would make anew, although it is the same each time: made once.

Half of what a test computes would be this: routes, templates and statements that are compiled.
"""

from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule


class LateRule(Rule):
    """A route that learns how to build its addresses when the first of them is asked for."""

    def _compile_builder(self, append_unknown=True):
        learnt = []

        def build(self, **values):
            if not learnt:
                learnt.append(Rule._compile_builder(self, append_unknown))
            return learnt[0](self, **values)

        return build


class Code(BytecodeCache):
    """Templates as code; the text of each is still compared, as it may have changed."""

    def __init__(self):
        self._code = {}

    def load_bytecode(self, bucket):
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket):
        self._code[bucket.key] = bucket.bytecode_to_string()


def install():
    """Before the first application is made: all of this process share what each has compiled."""
    Flask.url_rule_class = LateRule
    Flask.jinja_options = {"bytecode_cache": Code()}
    # Of two engines of one kind, what was compiled for one is found by the other.
    DefaultDialect.__hash__ = lambda self: hash(type(self))
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)
    statements = {}

    @event.listens_for(Engine, "engine_connect")
    def share(connection):
        connection.execution_options(compiled_cache=statements)
