from tests.studio.web.world import district_home

__all__ = ["district_home"]
