"""What people write, checked and put in words before an action is asked."""
