"""Files and pasted lists from outside read into plain rows, each mistake named by its line; nothing here touches the
database."""
