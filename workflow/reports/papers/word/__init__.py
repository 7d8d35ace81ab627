"""A paper as a Word file: `writing` lays its blocks down, `parts` holds what python-docx has no words for."""

from workflow.reports.papers.word.writing import write_docx

__all__ = ["write_docx"]
