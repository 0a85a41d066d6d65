"""What a cipher writes, only the same key reads."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from db.cipher import Plain, Sealing, UnreadableError, attach, cipher_for, cipher_of, decode_key

KEY, OTHER_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode(), base64.b64encode(b"\xfb" * 40).decode()
SEALING, OTHER = Sealing(KEY), Sealing(OTHER_KEY)


@given(words=st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_can_be_opened(words: str) -> None:
    """Any text comes back as it was, and stands in the ciphertext in no form."""
    sealed = SEALING.seal(words)
    assert SEALING.open(sealed) == words
    assert len(words) < 4 or words not in sealed


@given(data=st.dictionaries(st.text(), st.text() | st.integers() | st.none() | st.lists(st.booleans())))
def test_data_come_back(data: dict[str, object]) -> None:
    """Data come back as they were, whatever somebody typed, with a key and without."""
    for cipher in (SEALING, Plain()):
        assert cipher.open_data(cipher.seal_data(data)) == data


def test_half_a_surrogate_pair_is_kept() -> None:
    """What a broken client sends can be put on the shelf like anything else."""
    data = {"text": "\ud83d"}
    assert SEALING.open_data(SEALING.seal_data(data)) == data


def test_the_same_words_look_different_each_time() -> None:
    """Nobody sees in the ciphertexts that two people have one name."""
    assert SEALING.seal("Ada") != SEALING.seal("Ada")


@pytest.mark.parametrize(
    "sealed",
    ["", "Ada", "gAAAAABn", OTHER.seal("Ada"), SEALING.seal("Ada")[:-2], "ä"],
    # No two runs would agree on the names otherwise.
    ids=["nothing", "words", "a beginning", "another key's", "a damaged one", "no base64"],
)
def test_what_was_not_sealed_under_the_key_is_refused(sealed: str) -> None:
    """Plain words, another key's and damaged ciphertexts are an error that does not quote them."""
    with pytest.raises(UnreadableError) as refused:
        SEALING.open(sealed)
    assert not sealed or sealed not in str(refused.value)
    assert refused.value.__suppress_context__


def test_plain_data_are_refused_under_a_key() -> None:
    """Somebody who can write into the database cannot pass plain data off as the bot's own."""
    with pytest.raises(UnreadableError, match="not encrypted"):
        SEALING.open_data({"step": "name"})


def test_sealed_data_are_refused_without_a_key() -> None:
    """A ciphertext is not taken for somebody's answers."""
    with pytest.raises(UnreadableError, match="without a key"):
        Plain().open_data(SEALING.seal_data({"step": "name"}))


def test_a_digest_is_the_same_for_the_same_words_and_key() -> None:
    """An address is found again, and only with the key: no plain hash of it would be the same."""
    digest = SEALING.digest("ada@example.org")
    assert digest == Sealing(KEY).digest("ada@example.org")
    assert len(digest) == 64
    assert digest not in {SEALING.digest("bob@example.org"), OTHER.digest("ada@example.org")}
    assert Plain().digest("ada@example.org") == "ada@example.org"


def test_what_is_stored_stays_readable() -> None:
    """A later version finds what an earlier one wrote: keys are derived as ever."""
    sealed = "gAAAAABrBQoWJW1UFV3MNiMwrVa7nH2qy980bGzZfQNbcuB40pLsFQeFR-NIS-Cvlckmw2IBiMvLIYeYNFy4LtP5Jv0bxvGNtA=="
    assert SEALING.open(sealed) == "Ada Lovelace"
    assert SEALING.fingerprint == "cb8bd34e610c2a29640400a1f66566c9"
    assert SEALING.digest("ada@example.org") == "a570693b2104a57dba5e79186f7b9185bf1975e346739abb61ac31b4988b161c"


def test_a_fingerprint_tells_keys_apart() -> None:
    """Each key has its own, which is neither the key nor a part of it; no key has none."""
    assert SEALING.fingerprint != OTHER.fingerprint
    assert SEALING.fingerprint not in decode_key(KEY).hex()
    assert cipher_for("").fingerprint == ""
    assert cipher_for(KEY).fingerprint == SEALING.fingerprint


@pytest.mark.parametrize("key", [KEY, KEY.rstrip("="), f" {KEY}\n", KEY.replace("-", "+").replace("_", "/")])
def test_a_key_is_read_however_it_was_made(key: str) -> None:
    """Either alphabet, with padding or without, is the same key."""
    assert decode_key(key) == bytes(range(32))


@pytest.mark.parametrize("key", ["", "short", KEY[:40], "ä" * 43, "a" * 45, KEY.replace("A", "!"), "two words " * 9])
def test_what_is_no_key_is_refused(key: str) -> None:
    """Too few bytes, and what is not base64, are no key."""
    with pytest.raises(ValueError, match=r"not base64|too short"):
        decode_key(key)


def test_each_dialect_has_its_own_cipher() -> None:
    """Two databases with two keys can be open side by side; one that nobody gave a key writes plainly."""
    first, second, third = (sqlite.dialect() for _ in range(3))
    attach(SEALING, first)
    attach(OTHER, second)
    assert [cipher_of(each).fingerprint for each in (first, second, third)] == [
        SEALING.fingerprint,
        OTHER.fingerprint,
        "",
    ]
