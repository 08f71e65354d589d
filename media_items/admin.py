"""The admin pages of the rooms, collected where Django looks for them."""

import media_items.library.admin
import media_items.processing.admin  # noqa: F401
