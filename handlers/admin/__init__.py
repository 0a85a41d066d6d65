"""The admins' part of the talk: who comes in, who teaches, any course, what there is, and what was decided."""

from handlers.admin import (
    addresses,
    audit,
    blocking,
    courses,
    growth,
    menu,
    people,
    person,
    requests,
    roles,
    signing_out,
)

ROUTERS = (
    menu.router,
    requests.router,
    people.router,
    person.router,
    roles.router,
    blocking.router,
    signing_out.router,
    addresses.router,
    courses.router,
    growth.router,
    audit.router,
)
