import json
from typing import Any

import pytest

from bot.playground import extract, schema
from bot.playground.calls import CALLS
from tests.bot.playground.conftest import ADA, Call, Refusal


async def test_other_methods_are_refused(refusal: Refusal) -> None:
    """A method that the playground does not answer is told apart from one that is none."""
    assert await refusal("sendDice", chat_id=ADA) == "Not Found: method not supported by the playground"
    assert await refusal("logOut") == "Not Found: method not supported by the playground"
    assert await refusal("sendMesage", chat_id=ADA) == "Not Found: method not found"


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({}, "chat_id is empty"),
        ({"chat_id": "", "text": "a"}, "chat_id is empty"),
        ({"chat_id": ADA}, "message text is empty"),
        ({"chat_id": ADA, "text": "a", "txt": "b"}, 'parameter "txt" is not known to sendMessage'),
        ({"chat_id": ADA, "text": 5}, 'parameter "text" must be of type String'),
        ({"chat_id": 2**63, "text": "a"}, 'parameter "chat_id" must be a valid Number'),
        ({"chat_id": [ADA], "text": "a"}, 'parameter "chat_id" must be of type Integer or String'),
        (
            {"chat_id": ADA, "text": "a", "message_thread_id": "x"},
            'parameter "message_thread_id" must be a valid Number',
        ),
        (
            {"chat_id": ADA, "text": "a", "protect_content": "perhaps"},
            'parameter "protect_content" must be of type Boolean',
        ),
        ({"chat_id": ADA, "text": "a", "entities": "bold"}, 'parameter "entities" must be of type Array'),
        ({"chat_id": ADA, "text": "a", "entities": "[{"}, 'can\'t parse parameter "entities" JSON object'),
        (
            {"chat_id": ADA, "text": "a", "entities": [{"type": "bold", "offset": 0}]},
            "can't parse MessageEntity: Can't find field \"length\"",
        ),
        (
            {"chat_id": ADA, "text": "a", "link_preview_options": {"is_disabled": "perhaps"}},
            'field "is_disabled" must be of type Boolean',
        ),
        (
            {"chat_id": ADA, "text": "a", "reply_markup": {"inline_keyboard": "bad"}},
            'field "inline_keyboard" must be of type Array',
        ),
        (
            {"chat_id": ADA, "text": "a", "reply_markup": {"inline_keyboard": [[{"callback_data": "x"}]]}},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            {"chat_id": ADA, "text": "a", "reply_markup": {"inline_keyboard": [[{"text": "x", "data": "x"}]]}},
            'can\'t parse inline keyboard button: Field "data" is not known to InlineKeyboardButton',
        ),
        ({"chat_id": ADA, "text": "a", "reply_parameters": 5}, 'parameter "reply_parameters" must be an Object'),
    ],
)
async def test_wrong_parameters(
    refusal: Refusal, caplog: pytest.LogCaptureFixture, params: dict[str, object], reason: str
) -> None:
    """A missing, misspelt or wrong parameter is refused, and loudly."""
    assert await refusal("sendMessage", **params) == f"Bad Request: {reason}"
    assert f"sendMessage is not a valid call: Bad Request: {reason}" in caplog.text


async def test_a_form_says_everything_in_strings(call: Call) -> None:
    """Numbers, booleans, objects and arrays may come as strings, as in a form."""
    message = await call(
        "sendMessage",
        chat_id=str(ADA),
        text="hello",
        protect_content="true",
        entities=json.dumps([{"type": "bold", "offset": 0, "length": 5}]),
        reply_markup=json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}),
        link_preview_options='{"is_disabled": true}',
    )

    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    assert message["has_protected_content"] is True
    assert message["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "b"
    assert message["link_preview_options"] == {"is_disabled": True}


def test_schema_has_what_is_answered() -> None:
    """The shipped schema describes exactly the methods that the playground answers."""
    described = json.loads(extract.TARGET.read_text(encoding="utf-8"))

    assert set(described["methods"]) == set(extract.SUPPORTED) == {*CALLS, "getUpdates"}
    assert not set(described["unsupported"]) & set(described["methods"])
    assert schema.load().version.startswith("Bot API ")


def test_extract_takes_what_is_reached() -> None:
    """The extract has the supported methods and the types that their parameters reach, and no others."""
    methods: dict[str, dict[str, Any]] = {
        name: {"name": name, "returns": [], "fields": []} for name in (*extract.SUPPORTED, "sendDice")
    }
    methods["sendMessage"]["fields"] = [
        {"name": "media", "types": ["Array of Media"], "required": True, "description": "What to send"}
    ]
    types = {
        "Media": {"name": "Media", "subtypes": ["MediaPhoto"]},
        "MediaPhoto": {
            "name": "MediaPhoto",
            "fields": [{"name": "type", "types": ["String"], "required": True, "description": "Type, must be photo"}],
        },
        "Dice": {"name": "Dice", "fields": []},
    }

    found = extract.extract({"version": "Bot API 0", "methods": methods, "types": types})

    assert found["unsupported"] == ["sendDice"]
    assert found["methods"]["sendMessage"] == {"required": ["media"], "fields": {"media": "Array of Media"}}
    assert found["types"] == {
        "Media": {"one_of": ["MediaPhoto"]},
        "MediaPhoto": {"required": ["type"], "fields": {"type": "String = photo"}},
    }
