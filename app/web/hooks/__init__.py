"""What other systems send us. Each is believed by its signature alone."""

from flask import Blueprint

from app.web.hooks import sendgrid, twilio

bp = Blueprint("hooks", __name__, url_prefix="/hooks")
bp.register_blueprint(sendgrid.bp)
bp.register_blueprint(twilio.bp)
