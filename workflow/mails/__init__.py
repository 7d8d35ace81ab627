"""Who is told what by the workflow floor: bodies asked for decisions, authorities sent a package, parties told of both.

Actions come in for letters; the mail floor asks each kind, when a batch is claimed, whether it is still wanted and with
which facts. Links and codes are filled in while the mail is written and kept nowhere.
"""
