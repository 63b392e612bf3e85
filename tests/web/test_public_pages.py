"""The public pages as a reader's browser gets them."""

from tests.factories import make_incident


def test_smoke(client, app):
    incident = make_incident()
    for path in ("/", "/history", f"/incidents/{incident.code}", "/feed.rss", "/feed.atom"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        print(answer.text)
        print(answer.headers)
