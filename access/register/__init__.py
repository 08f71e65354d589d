"""Everyone with access and why: the register of the invited, people outside, the audit trail."""
