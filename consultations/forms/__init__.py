"""What officers and parties write about a round, checked and put in words before an action is asked."""
