"""Views of the stage: what people do for themselves, what moderators do, how browsers connect."""
