"""Does what is due in the collector's database; for cron, every minute. Run the collector without --webhook.

    cron.py DATABASE
"""

import sqlite3
import sys
import time

ACTIONS_MAX = 500
# Milliseconds after which it makes no sense any more: marketing, and everything else.
LATE_MS_MAX = (24 * 3600_000, 7 * 24 * 3600_000)

DUE = """
select app, user, journey, key, begun, step, kind, ref, service, due from pending_actions
where due <= :now and due > :now - iif(kind = 'message' and not service, :marketing, :other)
order by due limit :most
"""
# Taken before it is done: after a crash nobody knows whether it was, and it is not done again.
TAKE = """
insert into deliveries (app, user, journey, key, begun, step, kind, ref, service, due, standing, outcome, why,
                        attempts, at, day, repeatable, paid, told)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'settled', 'sent', '', 1, ?, date('now', '+8 hours'), 0, 0, 0)
"""
WHICH = "where app = ? and user = ? and journey = ? and key = ? and begun = ? and step = ?"


def act(user, kind, ref):
    """Yours: send the message, give the coupon. Gives 'sent', 'refused' or 'no_quota'."""
    print(f"{kind} {ref} for {user}", flush=True)
    return "sent"


def take(db, now):
    """Claims what is due in one transaction, so that two runs never have the same action."""
    bounds = {"now": now, "marketing": LATE_MS_MAX[0], "other": LATE_MS_MAX[1], "most": ACTIONS_MAX}
    with db:
        db.execute("begin immediate")
        actions = db.execute(DUE, bounds).fetchall()
        db.executemany(TAKE, [(*action, now) for action in actions])
        db.executemany(f"delete from actions {WHICH}", [action[:6] for action in actions])
    return actions


def main(path):
    db = sqlite3.connect(path, timeout=10, isolation_level=None)
    for action in take(db, int(time.time() * 1000)):
        outcome = act(action[1], action[6], action[7])
        if outcome != "sent":
            db.execute(f"update deliveries set outcome = ? {WHICH}", (outcome, *action[:6]))
    db.close()


if __name__ == "__main__":
    main(sys.argv[1])
