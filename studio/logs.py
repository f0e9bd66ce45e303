"""The log of the running program: JSON lines on stderr, each with the id of its request or job."""

import logging
import sys

import structlog


def start_logs(level: str) -> None:
    """Log from `level` up. Passwords, tokens and texts of scripts are never handed to it."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
