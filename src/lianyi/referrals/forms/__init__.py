"""What people type about referrals, by subject."""
