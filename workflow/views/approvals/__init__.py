"""The board of a stage in which bodies decide, and what an officer does for one body: auditors read along."""
