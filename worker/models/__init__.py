"""The tables. Rows are written in `store` only; what a column means stands beside it."""

from worker.models.alerts import Alert, Channel, Delivery, DeliveryTry
from worker.models.base import Base
from worker.models.boards import Board, Company, Suggestion
from worker.models.feeds import Feed
from worker.models.insights import BoardWeek, RunDay, VendorWeek
from worker.models.people import ApiKey, BrowserSession, LoginLink, User
from worker.models.postings import PostingEvent, RoleKey, StoredPosting
from worker.models.scans import Scan, ScanRun
from worker.models.vendors import StoredDrift, VendorDay
from worker.models.wishes import CompanySetting, Group, GroupCompany, Match, MatchAction

__all__ = [
    "Alert",
    "ApiKey",
    "Base",
    "Board",
    "BoardWeek",
    "BrowserSession",
    "Channel",
    "Company",
    "CompanySetting",
    "Delivery",
    "DeliveryTry",
    "Feed",
    "Group",
    "GroupCompany",
    "LoginLink",
    "Match",
    "MatchAction",
    "PostingEvent",
    "RoleKey",
    "RunDay",
    "Scan",
    "ScanRun",
    "StoredDrift",
    "StoredPosting",
    "Suggestion",
    "User",
    "VendorDay",
    "VendorWeek",
]
