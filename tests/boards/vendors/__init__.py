"""The eleven applicant-tracking systems of the simulated internet, one file each."""

from tests.boards.vendors import (
    ashby,
    gem,
    greenhouse,
    lever,
    personio,
    pinpoint,
    recruitee,
    smartrecruiters,
    teamtailor,
    workable,
    workday,
)
from tests.boards.vendors.vendor import Vendor

VENDORS: dict[str, Vendor] = {
    module.VENDOR.name: module.VENDOR
    for module in (
        greenhouse, lever, ashby, workday, teamtailor, smartrecruiters, recruitee, personio, workable, pinpoint, gem,
    )
}  # fmt: skip
