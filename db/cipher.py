"""Ciphers: how personal data is written, under a key or as it is.

A cipher hangs on the dialect of its engine, where the column types of `db.models.base` find it. So nothing is global:
two databases with two keys can be open side by side.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from typing import Any, Protocol

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect

KEY_BYTES = 32


class UnreadableError(Exception):
    """Personal data is damaged, or was not written under the key that the database was opened with."""


class Cipher(Protocol):
    """Writes personal data and reads it back."""

    @property
    def fingerprint(self) -> str:
        """Says which key this is and tells nothing of it; empty for none."""
        ...

    def seal(self, words: str) -> str:
        """Returns words as they are stored."""
        ...

    def open(self, sealed: str) -> str:
        """Returns stored words as they were; raises UnreadableError."""
        ...

    def seal_data(self, data: dict[str, Any]) -> Any:
        """Returns data as they are stored, in JSON."""
        ...

    def open_data(self, sealed: Any) -> dict[str, Any]:
        """Returns stored data as they were; raises UnreadableError."""
        ...

    def digest(self, words: str) -> str:
        """Returns what stands for words that are looked up and not read back: always the same for the same words."""
        ...


class Plain:
    """No cipher: what is written can be read by everybody who has the file."""

    fingerprint = ""

    def seal(self, words: str) -> str:
        """Returns the words themselves."""
        return words

    def open(self, sealed: str) -> str:
        """Returns the words themselves."""
        return sealed

    def seal_data(self, data: dict[str, Any]) -> Any:
        """Returns the data themselves."""
        return data

    def open_data(self, sealed: Any) -> dict[str, Any]:
        """Returns the data themselves."""
        if not isinstance(sealed, dict):
            raise UnreadableError("personal data is encrypted, and the database was opened without a key")
        return sealed

    def digest(self, words: str) -> str:
        """Returns the words themselves."""
        return words


class Sealing:
    """Encrypts with Fernet, and hashes with HMAC-SHA256, each under a key of its own that is derived from the one."""

    def __init__(self, key: str) -> None:
        """Takes a key as people write it.

        Raises:
            ValueError: when it is none.
        """
        secret = decode_key(key)
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret, "encryption")))
        self._hash_key = _derive(secret, "look-up")
        self.fingerprint = _derive(secret, "fingerprint")[:16].hex()

    def seal(self, words: str) -> str:
        """Returns the ciphertext, another one each time."""
        return self._fernet.encrypt(words.encode()).decode()

    def open(self, sealed: str) -> str:
        """Returns what was encrypted."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except (InvalidToken, UnicodeError):
            # Without its cause, which knows no more and would bring the ciphertext into a log.
            raise UnreadableError("personal data is damaged, or was not encrypted under this key") from None

    def seal_data(self, data: dict[str, Any]) -> Any:
        """Returns the ciphertext of the data's JSON."""
        # In ASCII: a person's client may send half a surrogate pair, which JSON can escape and UTF-8 cannot write.
        return self.seal(json.dumps(data, separators=(",", ":")))

    def open_data(self, sealed: Any) -> dict[str, Any]:
        """Returns what was encrypted."""
        if not isinstance(sealed, str):
            raise UnreadableError("personal data is not encrypted, and the database was opened with a key")
        data: dict[str, Any] = json.loads(self.open(sealed))
        return data

    def digest(self, words: str) -> str:
        """Returns 64 hexadecimal digits, by which nobody without the key can check a guess."""
        return hmac.new(self._hash_key, words.encode(), hashlib.sha256).hexdigest()


def cipher_for(key: str) -> Cipher:
    """Returns the cipher of a key; without a key, none.

    Raises:
        ValueError: when the key is none.
    """
    return Sealing(key) if key else Plain()


def decode_key(key: str) -> bytes:
    """Returns the bytes of a key: base64 in either alphabet, with or without its padding.

    Raises:
        ValueError: when it is not base64, or too short to be safe.
    """
    digits = key.strip().rstrip("=").translate(str.maketrans("+/", "-_"))
    if not re.fullmatch("[A-Za-z0-9_-]+", digits):
        raise ValueError("not base64")
    try:
        secret = base64.urlsafe_b64decode(digits + "=" * (-len(digits) % 4))
    except binascii.Error:
        raise ValueError("not base64") from None
    if len(secret) < KEY_BYTES:
        raise ValueError("too short")
    return secret


_PLAIN = Plain()


def attach(cipher: Cipher, dialect: Dialect) -> None:
    """Makes an engine's dialect write and read personal data with this cipher."""
    dialect.personal_data_cipher = cipher  # type: ignore[attr-defined]


def cipher_of(dialect: Dialect) -> Cipher:
    """Returns the cipher of an engine's dialect; one that nobody attached a cipher to writes plainly."""
    cipher: Cipher = getattr(dialect, "personal_data_cipher", _PLAIN)
    return cipher


def _derive(secret: bytes, purpose: str) -> bytes:
    # The names are a part of every encrypted database: changing one makes all of them unreadable.
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"syllabot {purpose}".encode()).derive(secret)
