"""Setting a new instance up, once, from the link printed at start."""

from flask import Blueprint

bp = Blueprint("setup", __name__, url_prefix="/setup")
