"""The talk: what the bot says and does. ROUTERS is its table of contents, in match order."""

from handlers import account, catalog, reception, start

ROUTERS = (
    start.router,
    account.router,
    catalog.router,
    reception.router,
)
