"""numbered changes

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-21 20:45:00

"""
from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('changes', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(
            sa.Column('site_change', sa.Integer(), server_default='0', nullable=False)
        )

    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.add_column(sa.Column('change', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_index(batch_op.f('ix_incident_change'), ['change'], unique=False)


def downgrade():
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_incident_change'))
        batch_op.drop_column('change')

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_column('site_change')
        batch_op.drop_column('changes')
