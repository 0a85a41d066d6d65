"""What the database holds of what admins did."""

from db.models import AuditEntry, Role, User
from tests.chat import World


async def role_of(world: World, email: str) -> Role:
    """Returns what the database says that an account is."""
    [user] = await world.rows(User, User.email == email)
    return Role(user.role)


async def deeds(world: World) -> list[tuple[str, str]]:
    """Returns the audit log."""
    return [(entry.action, entry.subject) for entry in await world.rows(AuditEntry)]
