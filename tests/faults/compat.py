try:
    from app.domain import claims
except ImportError:
    from app.domain import ledger as claims
LEASE = claims.LEASE
