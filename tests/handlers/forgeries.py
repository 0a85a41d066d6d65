"""Presses that nobody has to press: callback data can be forged."""

from handlers import admin_presses, broadcast_presses, desk_presses, people_presses, presses
from handlers.kit.press import Press

# The first of everything: the tests of forgeries have no second one.
COURSE = LESSON = BLOCK = REQUEST = USER = ENTRY = BROADCAST = INVITATION = PROGRESS = 1

# What an instructor does with a course and its lessons, …
TEACHING: tuple[Press, ...] = (
    presses.Desk(COURSE),
    presses.DeskLessons(COURSE),
    presses.DeskLesson(LESSON),
    presses.ListStudents(course_id=COURSE),
    presses.AddLesson(COURSE),
    presses.MoveLesson(LESSON, 1, 0),
    presses.RenameLesson(LESSON),
    presses.RemoveLesson(LESSON, 0),
    presses.RemoveLesson(LESSON, 1),
    presses.Publish(COURSE, 0),
    presses.Publish(COURSE, 1),
)
# … with its people, …
PEOPLE: tuple[Press, ...] = (
    people_presses.SendSpreadsheet(COURSE),
    people_presses.ShareCourse(COURSE),
    people_presses.ShowCourseQr(COURSE),
    people_presses.ShowFunnel(COURSE),
    people_presses.HideCourse(COURSE, 0),
    people_presses.HideCourse(COURSE, 1),
    people_presses.Invite(COURSE),
    people_presses.ShowInvitation(INVITATION),
    people_presses.ShowInvitationQr(INVITATION),
    people_presses.RevokeInvitation(INVITATION, 0),
    people_presses.RevokeInvitation(INVITATION, 1),
    people_presses.ShowStudent(PROGRESS),
    people_presses.WriteToStudent(PROGRESS),
    people_presses.RemoveStudent(PROGRESS, 0),
    people_presses.RemoveStudent(PROGRESS, 1),
    people_presses.ListRemoved(course_id=COURSE),
    people_presses.LetBackIn(PROGRESS),
    people_presses.NudgeStudents(COURSE, 0),
    people_presses.NudgeStudents(COURSE, 1),
)
# … and at its desk.
DESK: tuple[Press, ...] = (
    desk_presses.EditCourse(COURSE),
    desk_presses.RenameCourse(COURSE),
    desk_presses.DescribeCourse(COURSE),
    desk_presses.ChooseLanguage(COURSE),
    desk_presses.SetLanguage(COURSE, "de"),
    desk_presses.SetCover(COURSE),
    desk_presses.RemoveCover(COURSE),
    desk_presses.ArchiveCourse(COURSE, 0),
    desk_presses.ArchiveCourse(COURSE, 1),
    desk_presses.UnarchiveCourse(COURSE),
    desk_presses.DuplicateCourse(COURSE),
    desk_presses.DuplicateCourse(COURSE, 1),
    desk_presses.PreviewCourse(COURSE),
    desk_presses.PreviewLesson(LESSON),
    desk_presses.ListParts(LESSON),
    desk_presses.OpenPart(LESSON, BLOCK),
    desk_presses.ShowPart(LESSON, BLOCK),
    desk_presses.MovePart(LESSON, BLOCK, 1),
    desk_presses.AddParts(LESSON, BLOCK),
    desk_presses.ReplacePart(LESSON, BLOCK),
    desk_presses.RemovePart(LESSON, BLOCK),
    desk_presses.RemovePart(LESSON, BLOCK, 1),
)
# What an admin does, …
ADMIN: tuple[Press, ...] = (
    admin_presses.ShowAdmin(),
    admin_presses.ListRequests(),
    admin_presses.DecideRequest(REQUEST, 0),
    admin_presses.DecideRequest(REQUEST, 1),
    admin_presses.FindPerson(),
    admin_presses.ListPeople(words="hope"),
    admin_presses.ShowPerson(USER),
    admin_presses.ListTaught(user_id=USER),
    admin_presses.SetRole(USER, 0),
    admin_presses.SetRole(USER, 1),
    admin_presses.BlockPerson(USER),
    admin_presses.UnblockPerson(USER),
    admin_presses.SignOutPerson(USER, 1),
    admin_presses.ReleaseEmail(USER, 1),
    admin_presses.FindCourse(),
    admin_presses.ListAnyCourses(),
    admin_presses.ShowGrowth(),
    admin_presses.ShowAudit(),
    admin_presses.ListShelf(),
    admin_presses.ShowShelved(ENTRY),
    admin_presses.DecideShelved(ENTRY, 1),
    admin_presses.DecideShelved(ENTRY, 1, ENTRY),
    admin_presses.DecideShelved(ENTRY, 0),
    admin_presses.DecideShelved(ENTRY, 0, None, 1),
    admin_presses.DecideShelved(ENTRY, 0, ENTRY, 1),
)
# … and says to many.
BROADCASTS: tuple[Press, ...] = (
    broadcast_presses.ListBroadcasts(),
    broadcast_presses.ShowBroadcast(BROADCAST),
    broadcast_presses.NewBroadcast(),
    broadcast_presses.Announce(COURSE),
    broadcast_presses.SendBroadcast(BROADCAST),
    broadcast_presses.DropBroadcast(BROADCAST),
    broadcast_presses.StopBroadcast(BROADCAST),
)


def forged() -> list[Press]:
    """Returns every press that changes the course 1, or something that is an admin's."""
    return [*TEACHING, *PEOPLE, *DESK, *ADMIN, *BROADCASTS]
