"""Make a migration from the difference between the models and the last migration.

python -m studio.migrations.make "what changes"
"""

import sys

from alembic import command
from sqlalchemy import create_engine

import studio.database  # noqa: F401  knows every table
from studio.migrations.upgrade import make_config


def make_migration(message: str) -> None:
    config = make_config()
    with create_engine("sqlite://").connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.revision(config, message=message, autogenerate=True)


if __name__ == "__main__":
    make_migration(" ".join(sys.argv[1:]) or "change")
