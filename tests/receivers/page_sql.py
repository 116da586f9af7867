"""Runs the SQL of docs/backend.md on a database in memory; backend.test.mjs says what to run and what comes of it.

Standard input: {"page": text, "steps": [[name of a block, parameters], ...]}; output: the rows of each step's last
statement that gives any.
"""
import json, re, sqlite3, sys

given = json.load(sys.stdin)
blocks = dict(re.findall(r"\n```sql (\w+)\n(.*?)\n```", given["page"], re.S))
db = sqlite3.connect(":memory:", isolation_level=None)


def statements(block):
    """One at a time, for parameters can't be given to a script."""
    without_comments = re.sub("--.*", "", block)
    return [each for each in without_comments.split(";") if each.strip()]


def run(name, parameters):
    found = []
    for statement in statements(blocks[name]):
        found = db.execute(statement, parameters).fetchall() or found
    return found


for statement in statements(blocks["schema"]) + statements(blocks["facts"])[:1]:
    db.execute(statement)
blocks["facts"] = ";".join(statements(blocks["facts"])[1:])
print(json.dumps([run(name, parameters) for name, parameters in given["steps"]]))
