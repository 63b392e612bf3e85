"""Which addresses we call at all, by their text."""

import pytest

from app.domain.endpoints import SLACK, TEAMS, Rules, Unfit, fit


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://hooks.example.org/a?b=c#d", "https://hooks.example.org/a?b=c"),
        ("https://Hooks.Example.ORG", "https://hooks.example.org/"),
        ("https://hooks.example.org:443/a", "https://hooks.example.org/a"),
        ("https://hooks.example.org:8443/a", "https://hooks.example.org:8443/a"),
        ("https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example/a"),
    ],
)
def test_an_address_has_one_spelling(typed, kept):
    assert fit(typed, Rules()) == kept


@pytest.mark.parametrize(
    ("rules", "address"),
    [
        (SLACK, "https://hooks.slack.com/services/T/B/x"),
        (TEAMS, "https://prod-1.westeurope.logic.azure.com:443/workflows/x?sig=y"),
        (TEAMS, "https://example.webhook.office.com/webhookb2/x"),
        (TEAMS, "https://a.b.environment.api.powerplatform.com/x"),
    ],
)
def test_what_belongs_to_slack_and_teams_is_taken(rules, address):
    assert fit(address, rules)


@pytest.mark.parametrize(
    ("rules", "address"),
    [
        (SLACK, "https://hooks.slack.com.evil.example/x"),
        (SLACK, "https://a.hooks.slack.com/x"),
        (SLACK, "https://hooks-slack.com/x"),
        (TEAMS, "https://evil.example/?x=.webhook.office.com"),
        (TEAMS, "https://evilwebhook.office.com.example/x"),
        (TEAMS, "https://evillogic.azure.com/x"),
        (TEAMS, "https://azure.com/x"),
        (TEAMS, "https://office.com/x"),
        (TEAMS, "https://127.0.0.1/.logic.azure.com"),
        (TEAMS, "http://x.logic.azure.com/x"),
        (TEAMS, "https://x.logic.azure.com:8443/x"),
    ],
)
def test_look_alikes_of_slack_and_teams_are_not(rules, address):
    with pytest.raises(Unfit):
        fit(address, rules)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "224.0.0.1", "[::1]", "[fd00::1]"],
)
def test_a_number_that_leads_inside_is_refused_at_once_unless_inner_networks_are_open(host):
    address = f"https://{host}/hook"

    with pytest.raises(Unfit, match="from outside"):
        fit(address, Rules())

    assert fit(address, Rules(inner=True)) == address


@pytest.mark.parametrize("host", ["93.184.216.34", "[2606:2800:220:1::1]"])
def test_a_number_of_the_open_internet_is_taken(host):
    assert fit(f"https://{host}/hook", Rules()) == f"https://{host}/hook"
