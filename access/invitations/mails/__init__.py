"""The mails of invitations: to the person invited, with a code, and to the host."""
