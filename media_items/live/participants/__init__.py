"""The Participants tab: who is there, hands, who is let in."""
