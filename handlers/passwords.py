"""Passwords: hashed with bcrypt, checked in the same time for known and unknown people.

Hashing and checking take about a quarter of a second at cost 12: call them through `Request.compute` only.

When BCRYPT_ROUNDS changes, each account gets the new cost at its next sign-in, and until the last of them has come some
take another time than others. An address without an account takes as long as the account that is next to it, so that
its time tells as little as anybody's. What remains: whoever registers an address just beside it sets that time, and so
learns of an account that has not signed in since; but /register says of every address whether it has one.
"""

import hashlib

import bcrypt

MIN_CHARACTERS = 8
# bcrypt reads no further, and bcrypt 5 raises ValueError for more (its README, 'Maximum Password Length').
MAX_BYTES = 72
# Salt and digest of nobody's hash, in bcrypt's own alphabet.
_NOBODY = "abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234"


def hash_password(password: str, rounds: int) -> str:
    """Returns the bcrypt hash of a password of at most 72 bytes, at the cost of 2**rounds."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds)).decode()


def check_password(password: str, password_hash: str) -> bool:
    """Returns whether the password is the one of the hash; a longer one than any can be takes as long, and is wrong."""
    data = password.encode()
    return bcrypt.checkpw(data[:MAX_BYTES], password_hash.encode()) and len(data) <= MAX_BYTES


def is_of_cost(password_hash: str, rounds: int) -> bool:
    """Returns whether a hash has the cost of 2**rounds."""
    return password_hash.startswith(_beginning(rounds))


def nobodys_hash(rounds: int, like: str | None = None) -> str:
    """Returns a hash that no password has, to be checked for an unknown email: it takes as long as the one it is like.

    When it is like none, it has the cost of 2**rounds.
    """
    beginning = _beginning(rounds)
    return (like or beginning)[: len(beginning)] + _NOBODY


def _beginning(rounds: int) -> str:
    return f"$2b${rounds:02d}$"


def throttle_keys(telegram_id: int, email_key: str) -> tuple[str, str]:
    """Returns the keys under which tries are counted: one a Telegram account, one an address, which is not kept."""
    digest = hashlib.sha256(email_key.encode()).hexdigest()
    return f"email:{digest}", f"telegram:{telegram_id}"
