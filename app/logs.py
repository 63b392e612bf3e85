"""Logs: one line of fields for each event, with ids and never with secrets or addresses."""

import logging

import structlog

# These print keys, addresses or whole requests when asked for details.
TALKATIVE = ("python_http_client", "urllib3", "markdown_it", "MARKDOWN", "asyncio")


def set_up(level: str) -> None:
    """Send every record through structlog, so that a line break in a value stays inside it."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.PositionalArgumentsFormatter()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "logger", "event"]
            ),
        ],
    )
    own = logging.getLogger("app")
    own.setLevel(level)
    if not own.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(formatter)
        own.addHandler(handler)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO)
