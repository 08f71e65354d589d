"""What hosts are told by email: who asked, accepted and joined, and which email bounced."""
