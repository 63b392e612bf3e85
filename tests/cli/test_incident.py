"""The main job from a terminal."""

import json

import pytest

FACT = ("--fact", "impact=Signing in fails.")


def opened(terminal, *more):
    result = terminal(
        "incident",
        "open",
        "--title",
        "Signing in fails",
        "--severity",
        "SEV1",
        "--impact",
        "website=partial",
        "--json",
        *more,
    )
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def bodies(update):
    return {message["audience"]: message["body"] for message in update["messages"]}


def test_an_incident_goes_through_its_stages(set_up):
    code = opened(set_up, *FACT)["code"]

    assert set_up("incident", "update", code, "--stage", "identified").exit_code == 0
    assert set_up("incident", "update", code, "--stage", "monitoring").exit_code == 0
    resolved = set_up("incident", "resolve", code, "--fact", "cause=A full disk.")

    assert resolved.exit_code == 0
    told = json.loads(set_up("incident", "show", code, "--json").output)
    assert [update["stage"] for update in told["updates"]] == [
        "resolved",
        "monitoring",
        "identified",
        "investigating",
    ]
    assert "A full disk." in bodies(told["updates"][0])["public"]
    assert told["updates"][0]["impacts"] == {}
    assert told["updates"][1]["impacts"] == {"Website": "partial_outage"}


def test_an_update_while_monitoring_leaves_the_components_as_they_are(set_up):
    code = opened(set_up, "--stage", "monitoring")["code"]

    set_up("incident", "update", code, "--fact", "changed=Fewer errors.")

    told = json.loads(set_up("incident", "show", code, "--json").stdout)
    assert len(told["updates"]) == 2
    assert told["updates"][0]["impacts"] == {"Website": "partial_outage"}


def test_a_preview_shows_every_message_and_sends_nothing(set_up):
    result = set_up(
        *("incident", "open", "--title", "Signing in fails", "--severity", "1", *FACT),
        *("--impact", "Website=partial_outage", "--preview"),
    )

    assert result.exit_code == 0
    for words in ("Status page", "Customers, by email", "Colleagues", "Subject: "):
        assert words in result.output
    assert set_up("incident", "list").output == "None in the last 90 days.\n"


def test_a_preview_of_what_cannot_be_posted_fails_as_posting_would(set_up):
    result = set_up("incident", "open", "--title", "X", "--severity", "1", "--preview")

    assert result.exit_code == 1
    assert "Status page" in result.stdout
    assert "is missing:" in result.stderr


def test_a_preview_in_json_names_messages_and_questions(set_up):
    result = set_up(
        "incident", "open", "--title", "X", "--severity", "critical", "--preview", "--json"
    )

    told = json.loads(result.stdout)
    assert [message["audience"] for message in told["messages"]] == [
        "public",
        "customer",
        "internal",
    ]
    assert "impact" in {question["name"] for question in told["questions"]}


def test_only_the_chosen_audiences_are_told(set_up):
    told = opened(set_up, "--tell", "internal")

    assert list(bodies(told["updates"][0])) == ["internal"]


def test_words_by_hand_replace_the_templates(set_up):
    letter = set_up.file("letter.md", "Subject: About signing in\n\nPlease wait a little.")

    told = opened(set_up, "-m", "We are on it.", "--say", f"customer={letter}")

    messages = {message["audience"]: message for message in told["updates"][0]["messages"]}
    assert messages["public"]["body"] == "We are on it."
    assert messages["customer"]["subject"] == "About signing in"
    assert messages["customer"]["body"] == "Please wait a little."
    assert messages["customer"]["origin"] == "hand"


def test_words_come_from_standard_input(set_up):
    code = opened(set_up)["code"]

    set_up("incident", "update", code, "--message-file", "-", typed="It is the *disk*.\n")

    assert "It is the *disk*." in set_up("incident", "show", code).output


def test_words_come_from_an_editor(set_up, monkeypatch):
    editor = set_up.file("editor.sh", "#!/bin/sh\necho 'Changed in the editor.' > \"$1\"\n")
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))

    told = opened(set_up, "--tell", "public", "--edit")

    assert bodies(told["updates"][0]) == {"public": "Changed in the editor."}


def test_the_same_key_posts_once(set_up):
    first, second = opened(set_up, "--key", "k1"), opened(set_up, "--key", "k1")

    assert first["code"] == second["code"]
    assert len(set_up("incident", "list").output.splitlines()) == 1


@pytest.mark.parametrize(("written", "minutes"), [("45m", 45), ("2h", 120), ("1d", 1440)])
def test_the_next_update_is_promised_when_it_was_written(set_up, written, minutes):
    from datetime import datetime

    update = opened(set_up, "--next-update", written)["updates"][0]

    promise = datetime.fromisoformat(update["promise_at"])
    wait = promise - datetime.fromisoformat(update["published_at"])
    assert -10 < wait.total_seconds() - minutes * 60 < 61


def test_no_next_update_is_promised_when_it_is_waived(set_up):
    assert opened(set_up, "--next-update", "none")["promise_at"] is None


def test_a_missing_fact_is_named_with_its_sentence(set_up):
    text = (
        "# Incident runbook\n\n## Severity 1 - Response Time: 15 minutes\n\nUpdates hourly.\n\n"
        "## Communication templates\n\n### Status page: initial update\n\n"
        "```\nWe are investigating reports of [issue description] since this morning.\n```\n"
    )
    assert set_up("runbook", "use", set_up.file("ours.md", text)).exit_code == 0

    result = set_up("incident", "open", "--title", "X", "--severity", "1")

    assert result.exit_code == 1
    assert "--fact issue=" in result.output
    assert "We are investigating reports of [issue description]" in result.output


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--impact", "nothing=major", "there is no component nothing"),
        ("--impact", "Website=broken", "broken is none of"),
        ("--impact", "Website", "write a name, = and a value"),
        ("--fact", "imapct=x", "there is no fact imapct"),
        ("--next-update", "soon", "write a time from now"),
        ("--tell", "everybody", "everybody is no audience"),
        ("--say", "customer=/nowhere/at/all", "cannot be read"),
        ("--severity", "9", "has no severity 9"),
        ("--as", "nobody@example.org", "no active account"),
    ],
)
def test_a_wrong_option_is_told_in_a_sentence(set_up, option, value, words):
    given = ["--severity", "1"] if option != "--severity" else []

    result = set_up("incident", "open", "--title", "X", *given, option, value)

    assert result.exit_code in (1, 2)
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_resolved_incident_is_reopened_only_when_asked(set_up):
    code = opened(set_up)["code"]
    set_up("incident", "resolve", code)

    refused = set_up("incident", "update", code, "-m", "It is back.")
    taken = set_up("incident", "update", code, "-m", "It is back.", "--reopen")

    assert (refused.exit_code, taken.exit_code) == (1, 0)
    assert "investigating" in taken.output


def test_two_accounts_make_it_say_who_posts(set_up):
    set_up("account", "create", "grace@example.org")

    result = set_up("incident", "open", "--title", "X", "--severity", "1")

    assert result.exit_code == 2
    assert "--as EMAIL" in result.output
    assert opened(set_up, "--as", "grace@example.org")["stage"] == "investigating"


def test_the_list_holds_open_incidents_or_all(set_up):
    code = opened(set_up)["code"]
    assert set_up("incident", "list", "--open").output.startswith(code)

    set_up("incident", "resolve", code)

    assert set_up("incident", "list", "--open").output == "No incident is open.\n"
    assert json.loads(set_up("incident", "list", "--json").output)[0]["code"] == code


def test_an_unknown_code_says_how_to_find_the_right_one(set_up):
    result = set_up("incident", "show", "nope")

    assert result.exit_code == 1
    assert "allclear incident list" in result.output


def test_before_set_up_it_says_what_to_run(terminal):
    result = terminal("incident", "list")

    assert result.exit_code == 2
    assert "allclear setup" in result.output
