"""A client written from the documentation alone, with nothing but Python: pages, limits, problems by code, and events without loss."""
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ADDRESS, SYMBOLS = sys.argv[1], sys.argv[2].split(",")


class Problem(Exception):
    def __init__(self, body):
        super().__init__(body["detail"])
        self.code = body["code"]


def open_answer(path, method="GET", headers=None, **query):
    """Opens an answer; waits as long as it is told to, and raises a problem for what waiting does not mend."""
    given = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
    request = urllib.request.Request(
        f"{ADDRESS}/api/v1/{path}?{given}", method=method, headers={"X-API-Key": os.environ["KEY"], **(headers or {})})
    while True:
        try:
            return urllib.request.urlopen(request)
        except urllib.error.HTTPError as refusal:
            if refusal.code not in (429, 503):
                raise Problem(json.load(refusal)) from refusal
            wait = int(refusal.headers["Retry-After"])
            print(f"waits {wait} s", file=sys.stderr, flush=True)
            time.sleep(wait)


def get(path, **query):
    with open_answer(path, **query) as answer:
        return json.load(answer)


def candles(symbol, **query):
    """Every candle, page by page."""
    cursor = None
    while True:
        page = get(f"historical/{symbol}", limit=100, cursor=cursor, **query)
        yield from page["candles"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def events(answer):
    """The events of a stream: id, kind and what it says."""
    last, kind, data = None, "message", []
    for line in answer:
        field, _, value = line.decode().rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if field == "id":
            last = value
        elif field == "event":
            kind = value
        elif field == "data":
            data.append(value)
        elif field == "" and value == "" and data:
            yield last, kind, json.loads("\n".join(data))
            kind, data = "message", []


def trigger(symbol):
    with open_answer("enrichment/trigger", method="POST", symbols=symbol) as answer:
        return json.load(answer)["job_id"]


def runs_until(answer, run):
    """The runs that are heard of until one is, and the id to go on after."""
    heard = []
    for last, kind, said in events(answer):
        if kind == "run":
            heard.append(said["job_id"])
            if heard[-1] == run:
                return heard, last
    raise EOFError("The stream ended.")


read, skipped = {}, {}
for symbol in SYMBOLS:
    try:
        read[symbol] = [[candle["timestamp"], candle["close"]] for candle in candles(symbol, timeframe="1d", start="2024-01-01", end="2024-09-30")]
    except Problem as problem:
        if problem.code != "symbol_not_tracked":
            raise
        skipped[symbol] = problem.code

with open_answer("enrichment/events") as stream:
    first = trigger("AAPL")
    before, position = runs_until(stream, first)
missed = trigger("MSFT")
with open_answer("enrichment/events", headers={"Last-Event-ID": position}) as stream:
    after, _ = runs_until(stream, missed)

print(json.dumps({"read": read, "skipped": skipped, "first": first, "missed": missed, "before": before, "after": after}))
