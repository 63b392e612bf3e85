"""maintenance subscribers ledger

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-28 17:35:56.464146

"""
import secrets

from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('provider_event',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_provider_event'))
    )
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_provider_event_at'), ['at'], unique=False)

    op.create_table('series',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('first_at', sa.String(), nullable=False),
    sa.Column('time_zone', sa.String(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('planned_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_series')),
    sa.UniqueConstraint('code', name=op.f('uq_series_code'))
    )
    op.create_table('suppression',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.Enum('email', 'slack', 'webhook', 'teams', 'sms', name='channel', native_enum=False, length=30), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppression')),
    sa.UniqueConstraint('channel', 'fingerprint', name=op.f('uq_suppression_channel_fingerprint'))
    )
    op.create_table('transport',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('paused_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('is_our_fault', sa.Boolean(), nullable=False),
    sa.Column('switched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_down', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_transport'))
    )
    op.create_table('thread',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('recipient', sa.String(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('ts', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_thread_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thread')),
    sa.UniqueConstraint('incident_id', 'recipient', name=op.f('uq_thread_incident_id_recipient'))
    )
    op.create_table('attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('transport', sa.String(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_attempt_delivery_id_delivery'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt'))
    )
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_delivery_id'), ['delivery_id'], unique=False)

    with op.batch_alter_table('component', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shows_uptime', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('only_when_hurt', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('imported', sa.JSON(), nullable=True))

    with op.batch_alter_table('component_group', schema=None) as batch_op:
        batch_op.add_column(sa.Column('imported', sa.JSON(), nullable=True))

    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('transport', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.add_column(sa.Column('scheduled_for', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('scheduled_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('time_zone', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('starts_itself', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('ends_itself', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('remind_minutes', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('sequence', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('series_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('series_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('impact_override', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('imported', sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f('ix_incident_scheduled_for'), ['scheduled_for'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_incident_series_id_series_at'), ['series_id', 'series_at'])
        batch_op.create_foreign_key(batch_op.f('fk_incident_series_id_series'), 'series', ['series_id'], ['id'])

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('code', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('language', sa.String(), server_default='en', nullable=False))
        batch_op.add_column(sa.Column('logo', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('logo_type', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('accent', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('links', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('footer', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('security_contact', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('partial_percent', sa.Integer(), server_default='30', nullable=False))
        batch_op.add_column(sa.Column('late_updates', sa.String(), server_default='combine', nullable=False))

    with op.batch_alter_table('subscriber', schema=None) as batch_op:
        batch_op.add_column(sa.Column('signed_up_from', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('incident_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('least_impact', sa.Enum('operational', 'under_maintenance', 'degraded_performance', 'partial_outage', 'major_outage', name='impact', native_enum=False, length=30), nullable=True))
        batch_op.add_column(sa.Column('language', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('time_zone', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('secret', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('earlier_secret', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('owner_address', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('quarantined_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('quarantine_reason', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('failures', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_subscriber_incident_id'), ['incident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_subscriber_quarantined_at'), ['quarantined_at'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_subscriber_incident_id_incident'), 'incident', ['incident_id'], ['id'])

    with op.batch_alter_table('update', schema=None) as batch_op:
        batch_op.add_column(sa.Column('retracted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('retracted_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('imported', sa.JSON(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_update_retracted_by_id_account'), 'account', ['retracted_by_id'], ['id'])


    # One name for the page, of the letters that public ids are made of.
    code = ''.join(secrets.choice('0123456789bcdfghjklmnpqrstvwxyz') for _ in range(12))
    op.execute(sa.text('UPDATE organisation SET code = :code').bindparams(code=code))


def downgrade():
    with op.batch_alter_table('update', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_update_retracted_by_id_account'), type_='foreignkey')
        batch_op.drop_column('imported')
        batch_op.drop_column('retracted_by_id')
        batch_op.drop_column('retracted_at')

    with op.batch_alter_table('subscriber', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_subscriber_incident_id_incident'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_subscriber_quarantined_at'))
        batch_op.drop_index(batch_op.f('ix_subscriber_incident_id'))
        batch_op.drop_column('failed_at')
        batch_op.drop_column('failures')
        batch_op.drop_column('failing_since')
        batch_op.drop_column('quarantine_reason')
        batch_op.drop_column('quarantined_at')
        batch_op.drop_column('owner_address')
        batch_op.drop_column('earlier_secret')
        batch_op.drop_column('secret')
        batch_op.drop_column('paused_at')
        batch_op.drop_column('time_zone')
        batch_op.drop_column('language')
        batch_op.drop_column('least_impact')
        batch_op.drop_column('incident_id')
        batch_op.drop_column('signed_up_from')

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_column('late_updates')
        batch_op.drop_column('partial_percent')
        batch_op.drop_column('security_contact')
        batch_op.drop_column('footer')
        batch_op.drop_column('links')
        batch_op.drop_column('accent')
        batch_op.drop_column('logo_type')
        batch_op.drop_column('logo')
        batch_op.drop_column('language')
        batch_op.drop_column('code')

    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_incident_series_id_series'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_incident_series_id_series_at'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_incident_scheduled_for'))
        batch_op.drop_column('imported')
        batch_op.drop_column('impact_override')
        batch_op.drop_column('series_at')
        batch_op.drop_column('series_id')
        batch_op.drop_column('cancelled_at')
        batch_op.drop_column('sequence')
        batch_op.drop_column('reminded_at')
        batch_op.drop_column('remind_minutes')
        batch_op.drop_column('ends_itself')
        batch_op.drop_column('starts_itself')
        batch_op.drop_column('time_zone')
        batch_op.drop_column('scheduled_until')
        batch_op.drop_column('scheduled_for')

    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_column('delivered_at')
        batch_op.drop_column('transport')

    with op.batch_alter_table('component_group', schema=None) as batch_op:
        batch_op.drop_column('imported')

    with op.batch_alter_table('component', schema=None) as batch_op:
        batch_op.drop_column('imported')
        batch_op.drop_column('only_when_hurt')
        batch_op.drop_column('shows_uptime')

    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempt_delivery_id'))

    op.drop_table('attempt')
    op.drop_table('thread')
    op.drop_table('transport')
    op.drop_table('suppression')
    op.drop_table('series')
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_provider_event_at'))

    op.drop_table('provider_event')
