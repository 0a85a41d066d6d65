"""The key that the database stands under."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base

THE_ONE = 1


class DataKey(Base):
    """The only row says which key the personal data is encrypted under, and tells nothing of it; empty is none.

    As long as there is no row, nothing is encrypted, and a database with nobody in it takes the key that it is given.
    """

    __tablename__ = "data_key"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=THE_ONE)
    fingerprint: Mapped[str] = mapped_column(String(64))
