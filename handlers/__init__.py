"""The talk: what the bot says and does. ROUTERS is its table of contents, in match order."""

from handlers import (
    account,
    admin,
    authoring,
    catalog,
    completing,
    desk,
    funnel,
    learning,
    outline,
    progress,
    reception,
    sharing,
    shelf,
    spreadsheet,
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
    spreadsheet.router,
    sharing.router,
    funnel.router,
    *admin.ROUTERS,
    shelf.router,
    reception.router,
)
