"""What the Bot API answers when it refuses a call."""


class ApiError(Exception):
    """A refused call, in the shape of the Bot API's error object.

    Source: https://core.telegram.org/bots/api#making-requests and #responseparameters.
    """

    def __init__(self, error_code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.error_code = error_code
        self.description = description
        self.retry_after = retry_after

    def payload(self) -> dict[str, object]:
        """Return the JSON body that the Bot API sends with this error."""
        body: dict[str, object] = {
            "ok": False,
            "error_code": self.error_code,
            "description": self.description,
        }
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


def bad_request(reason: str) -> ApiError:
    """Return a 400; like the real server, its reason starts with a lower-case letter.

    A reason that is a constant (``BUTTON_DATA_INVALID``) stays as it is. Source:
    ``Client::fail_query_with_error`` of https://github.com/tdlib/telegram-bot-api.
    """
    if reason[1:2].islower() or reason[1:2] == " ":
        reason = reason[0].lower() + reason[1:]
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """Return a 403: the bot may not speak there."""
    return ApiError(403, f"Forbidden: {reason}")
