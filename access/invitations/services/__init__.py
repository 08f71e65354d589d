"""Everything that changes invitations; views, admin actions, tasks and commands call these."""
