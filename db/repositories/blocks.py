"""The blocks of a lesson, one by one: for whoever rearranges them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from db.models import Block
from db.models.base import BigId
from db.records import BlockRecord, columns
from db.repositories.base import Repository
from db.repositories.media import Media
from db.statement import Statement
from db.work import Work

_lesson, _block = bindparam("lesson", type_=BigId), bindparam("block", type_=BigId)
_place = bindparam("place", type_=Integer)

_list = Statement(
    select(*columns(BlockRecord, Block)).where(Block.lesson_id == _lesson).order_by(Block.position, Block.id)
)
_make_room = Statement(
    update(Block)
    .where(Block.lesson_id == _lesson, Block.position > _place)
    .values(position=Block.position + bindparam("by", type_=Integer))
)
_add = Statement(insert(Block).values(lesson_id=_lesson, position=_place, content=bindparam("data")))
_move = Statement(update(Block).where(Block.id == _block).values(position=_place))
_remove = Statement(delete(Block).where(Block.id == _block))


class Blocks(Repository):
    """The blocks. Whoever changes one has the course locked."""

    def __init__(self, work: Work, media: Media) -> None:
        """Registers the files of what it is given with `media`."""
        super().__init__(work)
        self._media = media

    async def list_of(self, lesson_id: int) -> list[BlockRecord]:
        """Returns the blocks of a lesson, in order."""
        return [BlockRecord(*row) for row in await self._work.fetch(_list, lesson=lesson_id)]

    async def insert(self, lesson_id: int, after: int, contents: Sequence[dict[str, Any]], now: dt.datetime) -> None:
        """Adds blocks after the position of another one."""
        await self._work.run(_make_room, [{"lesson": lesson_id, "place": after, "by": len(contents)}])
        places = enumerate(contents, after + 1)
        await self._work.run(_add, [{"lesson": lesson_id, "place": place, "data": data} for place, data in places])
        await self._media.register(contents, now)

    async def swap(self, one: BlockRecord, other: BlockRecord) -> None:
        """Gives each of two blocks the other's place."""
        places = [{"block": one.id, "place": other.position}, {"block": other.id, "place": one.position}]
        await self._work.run(_move, places)

    async def remove(self, block: BlockRecord) -> None:
        """Takes a block out of its lesson."""
        await self._work.run(_remove, [{"block": block.id}])
