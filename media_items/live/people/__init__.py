"""Who is there: presence, the Participants tab, hands, admitting."""
