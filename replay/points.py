#!/usr/bin/env python3
"""Runs points.sql: `{"orders": [[user, order id, ms, fen]…], "seen": [[user, date]…]}` in, one JSON object a user out."""
import json
import pathlib
import sqlite3
import sys

given = json.load(sys.stdin)
db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE orders (user TEXT, order_id INTEGER, at_ms INTEGER, paid_fen INTEGER)")
db.execute("CREATE TABLE seen (user TEXT, day TEXT)")
db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", given["orders"])
db.executemany("INSERT INTO seen VALUES (?, ?)", given["seen"])
rows = db.execute(pathlib.Path(__file__).with_name("points.sql").read_text())
names = [column[0] for column in rows.description]
json.dump([dict(zip(names, row)) for row in rows], sys.stdout)
