"""The talk: what the bot says and does. ROUTERS is its table of contents, in match order."""

from handlers import (
    account,
    admin,
    authoring,
    broadcasts,
    catalog,
    completing,
    desk,
    learning,
    outline,
    progress,
    reception,
    shelf,
    start,
    students,
)

ROUTERS = (
    start.router,
    account.router,
    catalog.router,
    learning.router,
    completing.router,
    progress.router,
    authoring.router,
    desk.router,
    outline.router,
    students.router,
    admin.router,
    shelf.router,
    broadcasts.router,
    reception.router,
)
