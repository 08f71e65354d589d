"""The report of a session: who came by which door and how long, who did not, what was said.

One line stands for one proof: an account, an invitation, or one browser of a guest. A guest's
address is only typed, so two browsers with one address may be two people and are never added up;
the page says that they gave the same address. The words of the backchannel are no part of a
report: they stay with those who had the ability while it was written.
"""
