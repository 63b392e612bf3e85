"""an index of maintenance alone

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-28 18:40:00

"""
from alembic import op
import sqlalchemy as sa


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

PLANNED = sa.text('scheduled_for IS NOT NULL')


def upgrade():
    op.drop_index('ix_incident_scheduled_for', table_name='incident')
    op.create_index(
        'ix_incident_scheduled_for', 'incident', ['scheduled_for'], unique=False,
        sqlite_where=PLANNED, postgresql_where=PLANNED,
    )


def downgrade():
    op.drop_index('ix_incident_scheduled_for', table_name='incident')
    op.create_index('ix_incident_scheduled_for', 'incident', ['scheduled_for'], unique=False)
