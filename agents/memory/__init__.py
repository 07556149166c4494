"""What a mind keeps from one run to the next."""
