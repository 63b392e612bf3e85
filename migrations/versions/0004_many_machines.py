"""many machines

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-28 18:00:00.000000

"""
from pathlib import Path

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

JOBS = Path(__file__).resolve().parent.parent / 'jobs' / '03.04.00.sql'


def upgrade():
    op.create_table('pulse',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('web', 'worker', 'clock', name='kind', native_enum=False, length=30), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_pulse'))
    )
    connection = op.get_bind()
    if connection.dialect.name == 'postgresql' and not has_jobs(connection):
        # As it stands in the file: many statements, and per cent signs that are no parameters.
        connection.connection.cursor().execute(JOBS.read_text('utf-8'))


def downgrade():
    connection = op.get_bind()
    if connection.dialect.name == 'postgresql':
        drop_jobs(connection)
    op.drop_table('pulse')


def has_jobs(connection):
    return connection.scalar(sa.text("SELECT to_regclass('procrastinate_jobs')")) is not None


def drop_jobs(connection):
    """Drop whatever the library's file made: all of it bears its name."""
    kinds = {
        'TABLE': "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                 " AND tablename LIKE 'procrastinate\\_%'",
        'FUNCTION': "SELECT oid::regprocedure::text FROM pg_proc"
                    " WHERE pronamespace = current_schema()::regnamespace"
                    " AND proname LIKE 'procrastinate\\_%'",
        'TYPE': "SELECT typname FROM pg_type WHERE typnamespace = current_schema()::regnamespace"
                " AND typname LIKE 'procrastinate\\_%' AND (typtype = 'e'"
                " OR (typtype = 'c' AND typrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c')))",
    }
    for kind, named in kinds.items():
        for name in connection.scalars(sa.text(named)).all():
            op.execute(sa.text(f'DROP {kind} {name} CASCADE'))
