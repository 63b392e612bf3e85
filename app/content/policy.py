"""The headers that every answer carries, whoever gives it."""

CONTENT = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
FRAMED = {
    "Content-Security-Policy": CONTENT.replace("form-action 'self'", "form-action 'none'").replace(
        "frame-ancestors 'none'", "frame-ancestors *"
    ),
    "X-Frame-Options": "",
}
"""For the one page that any site may frame: it has no form, and nothing on it does anything."""
A_YEAR = 365 * 24 * 3600
FRESH = "public, max-age=15, stale-if-error=86400"
"""A cache asks again after seconds, and goes on for a day while nobody answers."""
FOR_EVER = f"public, max-age={A_YEAR}, immutable"
"""For files whose address holds their fingerprint."""
BRIEFLY = "public, max-age=300"


def headers(public_url: str) -> dict[str, str]:
    """The security headers of an instance at this address."""
    wanted = {
        "Content-Security-Policy": CONTENT,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Our own forms keep their origin; nobody else learns where a reader comes from.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    if public_url.startswith("https://"):
        wanted["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    return wanted
