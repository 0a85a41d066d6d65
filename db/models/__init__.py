"""The models, one aggregate a module."""

from db.models.base import Base
from db.models.chat_session import ChatSession
from db.models.course import Course, CourseStatus
from db.models.data_key import DataKey
from db.models.invitation import Invitation, Letter
from db.models.lesson import Block, Lesson
from db.models.outgoing import Outgoing, SenderLease
from db.models.progress import Completion, Progress, ProgressStatus
from db.models.upkeep import Attempt, AuditEntry, ShelvedUpdate, Throttle
from db.models.user import Instructor, InstructorRequest, Role, User

__all__ = [
    "Attempt",
    "AuditEntry",
    "Base",
    "Block",
    "ChatSession",
    "Completion",
    "Course",
    "CourseStatus",
    "DataKey",
    "Instructor",
    "InstructorRequest",
    "Invitation",
    "Lesson",
    "Letter",
    "Outgoing",
    "Progress",
    "ProgressStatus",
    "Role",
    "SenderLease",
    "ShelvedUpdate",
    "Throttle",
    "User",
]
