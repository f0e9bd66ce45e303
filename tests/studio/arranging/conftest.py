from tests.studio.web.world import district_home, world

__all__ = ["district_home", "world"]
