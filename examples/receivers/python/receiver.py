"""Receives Huitou's JSON profile into SQLite, with the standard library alone. docs/backend.md explains each step.

    HUITOU_SECRET=... python3 receiver.py [PORT [FILE]]     open the app with {format: 'json'}
"""
import base64, hashlib, hmac, json, os, re, sqlite3, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

BODY_BYTES_MAX = 256 * 1024
SCHEMA = """
create table if not exists rows (app, user, device, segment, day, revision integer, body,
  primary key (app, user, device, segment, day));
create table if not exists attributes (app, user, device, revision integer, body, primary key (app, user, device));
create table if not exists parts (app, user, device, name, revision integer, body,
  primary key (app, user, device, name, revision));
create table if not exists deletions (app, user, device, sent integer, primary key (app, user, device));"""
PARTS = ("exposures", "insight", "plan")
HIGHEST = "on conflict do update set revision = excluded.revision, body = excluded.body where excluded.revision > revision"


def claims(header, secret):
    """(app, user) of the bearer token, if the login server signed it and it has not run out."""
    signed, mac = header.removeprefix("Bearer ").rsplit(".", 1)
    genuine = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), hashlib.sha256)).rstrip(b"=")
    claim = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
    if signed[:3] != "h1." or not hmac.compare_digest(genuine, mac.encode()) or claim["exp"] <= time.time():
        raise PermissionError
    return claim["app"], claim["user"]


def check(upload):
    """The shape this receiver relies on; docs/summary.schema.json has all of it."""
    ids = [upload["device"], upload.get("delete", upload["device"])] + [row["s"] for row in upload.get("rows", [])]
    numbers = [upload["sent"]] + [row["r"] for row in upload.get("rows", [])]
    good = upload["v"] == 1 and all(re.fullmatch("[0-9a-f]{16}", text) for text in ids)
    good = good and all(re.fullmatch(r"\d{4}-\d\d-\d\d", row["d"]) for row in upload.get("rows", []))
    if not good or not all(type(number) is int and 0 <= number < 2**53 for number in numbers):
        raise ValueError("a member is out of range")


def take(db, upload):
    """Stores what is new in one transaction, and says what is held."""
    who, rows = (upload["app"], upload["user"], upload["device"]), upload.get("rows", [])
    answer = {"acks": [{"s": row["s"], "d": row["d"], "r": row["r"]} for row in rows]}
    with db:
        if "delete" in upload:
            db.execute("delete from rows where app = ? and user in (?, '') and device = ?", who)
            for table in ("attributes", "parts"):
                db.execute(f"delete from {table} where app = ? and user in (?, '') and device = ?", who)
            db.execute("insert or replace into deletions values (?, ?, ?, ?)", (*who, upload["sent"]))
            answer["deleted"] = upload["delete"]
        deleted = db.execute("select max(sent) from deletions where (app, user, device) = (?, ?, ?)", who).fetchone()[0]
        if deleted is not None and deleted >= upload["sent"]:
            return answer  # sent before the deletion and arrived after it: acknowledged, but not kept
        held = [(*who, row["s"], row["d"], row["r"], json.dumps(row)) for row in rows]
        db.executemany(f"insert into rows values (?, ?, ?, ?, ?, ?, ?) {HIGHEST}", held)
        if "attributes" in upload:
            answer["attributes"], values = upload["attributes"]["rev"], json.dumps(upload["attributes"]["set"])
            db.execute(f"insert into attributes values (?, ?, ?, ?, ?) {HIGHEST}", (*who, answer["attributes"], values))
        for name in PARTS:  # of each what is new since the last echo: a history
            if name in upload:
                answer[name], body = upload[name]["rev"], json.dumps(upload[name])
                db.execute("insert or ignore into parts values (?, ?, ?, ?, ?, ?)", (*who, name, answer[name], body))
    return answer


def refusal(status, code, message=""):
    return status, {"error": {"code": code, "message": message}}


def sync(authorization, body):
    if len(body) > BODY_BYTES_MAX:
        return refusal(413, "body_too_big")
    try:
        app, user = claims(authorization, secret)
    except Exception:
        return refusal(401, "bad_token", "missing, forged or out of date")
    try:
        upload = json.loads(body)
        check(upload)
        if upload["app"] != app or upload["user"] not in ("", user):
            return refusal(403, "wrong_user", "the token is for another app or user")
        return 200, {**take(db, upload), "time": int(time.time() * 1000)}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return refusal(400, "report_invalid", repr(error))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):  # for looking; put it behind a login of your own
        rows = [json.loads(body) for (body,) in db.execute("select body from rows")]
        self.answer(*(200, rows) if self.path == "/rows" else refusal(404, "not_found"))

    def do_POST(self):
        body = self.rfile.read(min(int(self.headers["Content-Length"] or 0), BODY_BYTES_MAX + 1))
        self.answer(*sync(self.headers["Authorization"], body) if self.path == "/v1/sync" else refusal(404, "not_found"))

    def answer(self, status, content):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())


if __name__ == "__main__":
    port, file = (sys.argv[1:] + ["8788", "huitou.db"][len(sys.argv) - 1:])[:2]
    secret, db = os.environ["HUITOU_SECRET"].encode(), sqlite3.connect(file)
    db.executescript(SCHEMA)
    server = HTTPServer(("127.0.0.1", int(port)), Handler)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
