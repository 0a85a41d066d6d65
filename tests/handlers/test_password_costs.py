"""The cost of passwords: changed by a setting, one sign-in after the other, and it tells nobody who has an account."""

import pytest

from db.models import User
from handlers.passwords import check_password, hash_password, is_of_cost, nobodys_hash
from tests.chat import PASSWORD, Person, World, open_world


async def costs(world: World) -> dict[str, str]:
    """Returns how the hash of each account begins."""
    return {user.email: user.password_hash[:7] for user in await world.rows(User)}


async def log_in(person: Person, email: str, password: str) -> str:
    """Tries a password; returns the answer."""
    await person.send("/cancel")
    await person.send("/logout")
    await person.send(f"/login {email}")
    return (await person.send(password)).text


async def test_a_sign_in_brings_the_new_cost(database_url: str) -> None:
    """Who signs in after BCRYPT_ROUNDS was changed is hashed anew, once; a wrong password changes nothing."""
    async with open_world(database_url) as world:
        for name in ("Ada", "Bob"):
            await world.person(name).register()
    async with open_world(database_url, miniature=world.miniature, clock=world.clock, bcrypt_rounds=5) as world:
        ada = world.person("Ada", 2001)
        await log_in(ada, "ada@example.org", "wrong horse")
        assert {*(await costs(world)).values()} == {"$2b$04$"}
        for _ in range(2):
            assert await log_in(ada, "ada@example.org", PASSWORD) == "Welcome back, Ada."
        assert await costs(world) == {"ada@example.org": "$2b$05$", "bob@example.org": "$2b$04$"}
        [user] = await world.rows(User, User.email_key == "ada@example.org")
        assert check_password(PASSWORD, user.password_hash)
        assert "do not belong together" in await log_in(ada, "ada@example.org", "wrong horse")


async def test_an_unknown_address_takes_as_long_as_the_next_account(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While there are two costs, nobody's time follows one of them: it changes when the neighbour's does."""
    checked: list[str] = []

    def check(password: str, password_hash: str) -> bool:
        checked.append(password_hash[:7])
        return check_password(password, password_hash)

    monkeypatch.setattr("handlers.credentials.check_password", check)
    async with open_world(database_url) as world:
        for name in ("Bob", "Dan"):
            await world.person(name).register()
    async with open_world(database_url, miniature=world.miniature, clock=world.clock, bcrypt_rounds=5) as world:
        eve = world.person("Eve", 2001)
        await log_in(world.person("Dan", 2002), "dan@example.org", PASSWORD)
        checked.clear()
        for name in ("ada", "bob", "carl", "dan", "ellen"):
            await log_in(eve, f"{name}@example.org", "wrong horse")
            world.clock.advance(hours=1)
        assert checked == ["$2b$04$", "$2b$04$", "$2b$05$", "$2b$05$", "$2b$05$"]


def test_nobodys_hash_is_a_real_one_of_the_same_cost() -> None:
    """Bcrypt works as hard on it as on anybody's, and no password fits."""
    known = hash_password("any", 4)
    assert len(nobodys_hash(12)) == len(known) == 60
    assert is_of_cost(nobodys_hash(12), 12)
    assert is_of_cost(nobodys_hash(12, like=known), 4)
    assert not check_password("any", nobodys_hash(12, like=known))
