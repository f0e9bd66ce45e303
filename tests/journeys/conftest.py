from tests.journeys.desk import address, browser
from tests.studio.web.world import district_home

__all__ = ["address", "browser", "district_home"]
