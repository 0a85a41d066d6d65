"""The models, one aggregate a module."""

from db.models.base import Base
from db.models.broadcast import Audience, AudienceKind, Broadcast, BroadcastState
from db.models.chat_session import ChatSession
from db.models.course import Course, CourseStatus
from db.models.data_key import DataKey
from db.models.invitation import Invitation, Letter
from db.models.lesson import Block, Lesson
from db.models.medium import FileId, Medium, MediumState
from db.models.outgoing import Outgoing, SenderLease
from db.models.progress import Completion, Progress, ProgressStatus
from db.models.reminder import DigestEvery, ReminderMute, ReminderPlan, ReminderThing
from db.models.tally import Tallied, Tally
from db.models.upkeep import Attempt, AuditEntry, ShelvedUpdate, Throttle
from db.models.user import Handover, Instructor, InstructorRequest, Role, User

__all__ = [
    "Attempt",
    "Audience",
    "AudienceKind",
    "AuditEntry",
    "Base",
    "Block",
    "Broadcast",
    "BroadcastState",
    "ChatSession",
    "Completion",
    "Course",
    "CourseStatus",
    "DataKey",
    "DigestEvery",
    "FileId",
    "Handover",
    "Instructor",
    "InstructorRequest",
    "Invitation",
    "Lesson",
    "Letter",
    "Medium",
    "MediumState",
    "Outgoing",
    "Progress",
    "ProgressStatus",
    "ReminderMute",
    "ReminderPlan",
    "ReminderThing",
    "Role",
    "SenderLease",
    "ShelvedUpdate",
    "Tallied",
    "Tally",
    "Throttle",
    "User",
]
