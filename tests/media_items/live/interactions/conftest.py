from tests.media_items.live.inside import *  # noqa: F403 - its fixtures
