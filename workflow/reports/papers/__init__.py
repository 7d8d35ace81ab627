"""Papers: what leaves the house as PDF, Word or a spreadsheet. One model (`model`), made from facts by the kinds of
papers (`registry`), written by one writer for each format; the same facts give the same bytes."""
