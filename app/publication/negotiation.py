"""Which form of the front page is meant: a terminal gets the text at `/`."""

TEXT = "/index.txt"
TERMINALS = ("curl/", "Wget/", "HTTPie/", "xh/")


def path_for(path: str, accepted: str, agent: str) -> str:
    """The path of the document that is meant by this path, asked so.

    Caches need not tell who asks: the page at `/` is for everybody, and the text that is said in
    its place is private, so that no cache gives it to a browser.
    """
    return TEXT if path == "/" and _wants_text(accepted, agent) else path


def _wants_text(accepted: str, agent: str) -> bool:
    if "html" in accepted:
        return False
    return "text/plain" in accepted or agent.startswith(TERMINALS)
