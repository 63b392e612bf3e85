"""which incident an announcement tells of

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-29 01:20:00

"""
from alembic import op
import sqlalchemy as sa


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

FOREIGN_KEY = 'fk_announcement_incident_id_incident'


def upgrade():
    with op.batch_alter_table('announcement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('incident_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(FOREIGN_KEY, 'incident', ['incident_id'], ['id'])
    op.execute(
        sa.text(
            'UPDATE announcement SET incident_id = ('
            'SELECT incident_id FROM "update" JOIN message ON message.update_id = "update".id'
            ' WHERE message.id = announcement.message_id)'
        )
    )
    op.create_index('ix_announcement_incident_id', 'announcement', ['incident_id'], unique=False)


def downgrade():
    op.drop_index('ix_announcement_incident_id', table_name='announcement')
    with op.batch_alter_table('announcement', schema=None) as batch_op:
        batch_op.drop_constraint(FOREIGN_KEY, type_='foreignkey')
        batch_op.drop_column('incident_id')
