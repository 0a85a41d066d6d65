"""The admins' part of the talk: who teaches, who may come in, and what was decided."""

from handlers.admin import audit, menu, people, requests, roles

ROUTERS = (menu.router, requests.router, people.router, roles.router, audit.router)
