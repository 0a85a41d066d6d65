"""Inline keyboards: what Telegram takes of one.

Limits: https://core.telegram.org/bots/api#inlinekeyboardbutton; wording: ``ReplyMarkup.cpp`` of
tdlib/td and answers of the real server.
"""

from typing import Any

from bot.playground.errors import bad_request
from bot.playground.links import LinkError, check_url

DATA_BYTES = 64
BUTTONS_LIMIT = 100
_ACTIONS = ("url", "callback_data", "copy_text")
_COPY_LIMIT = 256


def inline_keyboard(markup: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return *markup* as a message keeps it; None for no keyboard or an empty one.

    Raises:
        ApiError: 400 for a button that Telegram, or the playground's page, would not take.
    """
    if markup is None:
        return None
    if "inline_keyboard" not in markup:
        raise bad_request("only inline keyboards are supported by the playground")
    rows = [[_button(button) for button in row] for row in markup["inline_keyboard"] if row]
    if sum(map(len, rows)) > BUTTONS_LIMIT:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _button(button: dict[str, Any]) -> dict[str, Any]:
    actions = [name for name in button if name not in ("text", "style", "icon_custom_emoji_id")]
    given = [name for name in actions if button[name] not in ("", False)]
    if not given:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(given) > 1 or given[0] not in _ACTIONS:
        raise bad_request(f"buttons with {' and '.join(given)} are not supported by the playground")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    _check(given[0], button[given[0]])
    return button


def _check(action: str, value: Any) -> None:
    if action == "callback_data" and len(value.encode()) > DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "copy_text" and not 1 <= len(value["text"]) <= _COPY_LIMIT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if action == "url":
        try:
            check_url(value)
        except LinkError as bad:
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: {bad}") from None
