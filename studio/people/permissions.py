"""Who may do what: one table from action to roles, used by pages and API alike.

Forbidden
└── NotAllowed
"""

from collections.abc import Mapping
from enum import StrEnum

from assets.errors import Forbidden
from assets.messages import say
from scheduler.models import Station
from studio.people.models import Role, User


class NotAllowed(Forbidden):
    """The role may not do this, or not on this station."""


class Action(StrEnum):
    READ_TODAY = "read-today"
    READ_SCRIPTS = "read-scripts"
    WRITE_SCRIPTS = "write-scripts"
    DECIDE_SCRIPTS = "decide-scripts"
    PRODUCE = "produce"
    READ_CORRECTIONS = "read-corrections"
    CORRECT = "correct"
    UNDO_CORRECTIONS = "undo-corrections"
    READ_JOBS = "read-jobs"
    READ_ASSETS = "read-assets"
    READ_STATION = "read-station"
    PUBLISH_DAY = "publish-day"
    IMPORT_LOG = "import-log"
    CONFIRM_DAY = "confirm-day"
    READ_COVERAGE = "read-coverage"
    IMPORT_PLAN = "import-plan"
    EDIT_TARGETS = "edit-targets"
    READ_ACTIVITIES = "read-activities"
    WRITE_ACTIVITIES = "write-activities"
    MEND_LOGS = "mend-logs"
    WRITE_REPORTS = "write-reports"
    READ_MONEY = "read-money"
    WRITE_MONEY = "write-money"
    FILL_SCHEDULE = "fill-schedule"
    EDIT_GRID = "edit-grid"
    EDIT_STATIONS = "edit-stations"
    CLOSE_REMINDERS = "close-reminders"
    READ_URGENT = "read-urgent"
    WRITE_URGENT = "write-urgent"
    ISSUE_URGENT = "issue-urgent"
    MANAGE_USERS = "manage-users"


_CENTRE = frozenset({Role.PRODUCER, Role.APPROVER, Role.ADMINISTRATOR})
_OFFICE = _CENTRE | {Role.MANAGER}
_HEADS = frozenset({Role.APPROVER, Role.MANAGER, Role.ADMINISTRATOR})

ALLOWED: Mapping[Action, frozenset[Role]] = {
    Action.READ_TODAY: _OFFICE,
    Action.READ_SCRIPTS: _OFFICE,
    Action.WRITE_SCRIPTS: frozenset({Role.PRODUCER, Role.APPROVER}),
    Action.DECIDE_SCRIPTS: frozenset({Role.APPROVER}),
    Action.PRODUCE: frozenset({Role.PRODUCER, Role.APPROVER}),
    Action.READ_CORRECTIONS: _OFFICE,
    Action.CORRECT: _CENTRE,
    Action.UNDO_CORRECTIONS: frozenset({Role.APPROVER, Role.ADMINISTRATOR}),
    Action.READ_JOBS: _CENTRE,
    Action.READ_ASSETS: _OFFICE,
    Action.READ_STATION: _OFFICE | {Role.OPERATOR},
    Action.PUBLISH_DAY: _CENTRE | {Role.OPERATOR},
    Action.IMPORT_LOG: frozenset({Role.OPERATOR, Role.ADMINISTRATOR}),
    Action.CONFIRM_DAY: frozenset({Role.OPERATOR}),
    Action.READ_COVERAGE: _OFFICE,
    Action.IMPORT_PLAN: frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    Action.EDIT_TARGETS: _HEADS,
    Action.READ_ACTIVITIES: _OFFICE | {Role.OPERATOR},
    Action.WRITE_ACTIVITIES: _OFFICE | {Role.OPERATOR},
    Action.MEND_LOGS: _CENTRE,
    Action.WRITE_REPORTS: _HEADS,
    Action.READ_MONEY: _HEADS,
    Action.WRITE_MONEY: _HEADS,
    Action.FILL_SCHEDULE: _CENTRE,
    Action.EDIT_GRID: _CENTRE,
    Action.EDIT_STATIONS: frozenset({Role.APPROVER, Role.ADMINISTRATOR}),
    Action.CLOSE_REMINDERS: _CENTRE,
    Action.READ_URGENT: _OFFICE,
    Action.WRITE_URGENT: _CENTRE,
    Action.ISSUE_URGENT: frozenset({Role.APPROVER}),
    Action.MANAGE_USERS: frozenset({Role.ADMINISTRATOR}),
}


def may(user: User, action: Action, station: Station | None = None) -> bool:
    """Whether `user` may do `action`; an operator only ever on the own station."""
    if user.role not in ALLOWED[action]:
        return False
    return user.role is not Role.OPERATOR or (station is not None and station.id == user.station_id)


def may_own(user: User, action: Action) -> bool:
    """Whether `user` may do `action` to what is theirs; what that is, the room decides."""
    return user.role in ALLOWED[action]


def require(user: User, action: Action, station: Station | None = None) -> None:
    """Raise NotAllowed unless `user` may do `action`, on `station` if it concerns one."""
    if not may(user, action, station):
        raise NotAllowed(who=user.full_name, action=say(f"people.action.{action}"))
