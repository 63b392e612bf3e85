"""what stands in the queue, and what its writer holds; deliveries without foreign keys

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-28 21:20:00

"""
from alembic import op
import sqlalchemy as sa


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

REFERENCES = {
    'fk_delivery_announcement_id_announcement': ('announcement_id', 'announcement', None),
    'fk_delivery_subscriber_id_subscriber': ('subscriber_id', 'subscriber', 'SET NULL'),
}


def upgrade():
    op.drop_index('ix_delivery_owed', table_name='delivery')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        # Most deliveries are settled: so PostgreSQL writes none of them, however many there are.
        batch_op.add_column(
            sa.Column('queued', sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        for name in REFERENCES:
            batch_op.drop_constraint(name, type_='foreignkey')
    op.execute(sa.text("UPDATE delivery SET queued = true WHERE state = 'owed'"))
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.alter_column('queued', existing_type=sa.Boolean(), server_default=sa.true())
    op.create_index(
        'ix_delivery_queued', 'delivery', ['rank', 'due_at', 'id'], unique=False,
        sqlite_where=sa.text('queued = 1'), postgresql_where=sa.text('queued'),
    )
    if op.get_bind().dialect.name == 'postgresql':
        # Room beside each delivery for what becomes of it: then no index is written again.
        op.execute(sa.text('ALTER TABLE delivery SET (fillfactor = 50)'))
    op.create_table(
        'holding',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('worker', sa.String(), nullable=False),
        sa.Column('announcement_id', sa.Integer(), nullable=False),
        sa.Column('first_id', sa.Integer(), nullable=False),
        sa.Column('last_id', sa.Integer(), nullable=False),
        sa.Column('lease_until', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['announcement_id'], ['announcement.id'],
            name=op.f('fk_holding_announcement_id_announcement'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_holding')),
    )


def downgrade():
    op.drop_table('holding')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(sa.text('ALTER TABLE delivery RESET (fillfactor)'))
    op.drop_index('ix_delivery_queued', table_name='delivery')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_column('queued')
        for name, (column, table, ondelete) in REFERENCES.items():
            batch_op.create_foreign_key(name, table, [column], ['id'], ondelete=ondelete)
    owed = sa.text("state = 'owed'")
    op.create_index(
        'ix_delivery_owed', 'delivery', ['rank', 'due_at', 'id'], unique=False,
        sqlite_where=owed, postgresql_where=owed,
    )
