"""Readers: the chats in which somebody hears what others have to say to them."""

from db.repositories import Repositories
from db.repositories.chat_sessions import Recipient
from handlers.kit.request import Request


async def readers_of(request: Request, repos: Repositories, user_id: int) -> list[Recipient]:
    """Returns the reachable chats that are signed in to an account; none of one that is blocked.

    The environment wins, as it does in `policies`: no block holds the chats of its admins.
    """
    chats = await repos.sessions.list_signed_in(user_id, request.now)
    user = await repos.users.get(user_id) if chats else None
    is_blocked = user is not None and user.blocked_at is not None
    return [chat for chat in chats if not is_blocked or chat.telegram_id in request.rules.admin_ids]
