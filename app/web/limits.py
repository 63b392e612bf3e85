"""How often one address may ask. Counted in memory: each web process counts for itself."""

from ipaddress import ip_address, ip_network

from flask import request
from flask_limiter import Limiter


def client_network() -> str:
    """The address that asks; of IPv6 the network that one household or server owns."""
    address = request.remote_addr or "unknown"
    try:
        if ip_address(address).version == 6:
            return str(ip_network(f"{address}/56", strict=False))
    except ValueError:
        pass
    return address


limiter = Limiter(key_func=client_network, storage_uri="memory://", strategy="moving-window")
