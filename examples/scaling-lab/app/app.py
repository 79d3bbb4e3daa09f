"""Counts visits in Redis, and says which replica answered."""

import os
import re
import socket
import time
from pathlib import Path

from flask import Flask, jsonify, render_template, request
from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError, TimeoutError
from redis.retry import Retry

INSTANCE = os.environ.get("INSTANCE_ID", "local")
MOST_MILLISECONDS = 5000

app = Flask(__name__)
# Waits for a Redis that is being replaced, instead of failing the request.
redis = Redis.from_url(
    os.environ["REDIS_URL"],
    decode_responses=True,
    retry=Retry(ExponentialBackoff(cap=1, base=0.05), 15),
    retry_on_error=[ConnectionError, TimeoutError],
)


def container_id() -> str:
    """The engine's id of this container, as it names the files that it mounts."""
    found = re.search(r"/containers/([0-9a-f]{64})/", Path("/proc/self/mountinfo").read_text())
    return found.group(1)[:12] if found else "none"


SERVED_BY = {"hostname": socket.gethostname(), "container_id": container_id(), "instance": INSTANCE}


def count() -> int:
    """Counts a request of this replica, and gives the visits of all."""
    with redis.pipeline(transaction=False) as pipeline:
        pipeline.incr(f"requests:{INSTANCE}")
        pipeline.incr("visits")
        return pipeline.execute()[1]


def milliseconds(name: str) -> int:
    """A parameter of the request, within bounds."""
    return max(0, min(request.args.get(name, 0, int), MOST_MILLISECONDS))


@app.route("/", methods=["GET", "POST"])
def visit():
    return jsonify(visits=count(), served_by=SERVED_BY)


@app.route("/load-test", methods=["GET", "POST"])
def load_test():
    """Computes for `work` and waits for `wait` milliseconds."""
    work, wait = milliseconds("work"), milliseconds("wait")
    end = time.thread_time() + work / 1000
    while time.thread_time() < end:
        pass
    time.sleep(wait / 1000)
    return jsonify(visits=count(), work=work, wait=wait, served_by=SERVED_BY)


@app.get("/stats")
def stats():
    keys = sorted(redis.scan_iter("requests:*"))
    counts = redis.mget(keys) if keys else []
    return jsonify(
        visits=int(redis.get("visits") or 0),
        requests={key.removeprefix("requests:"): int(number) for key, number in zip(keys, counts)},
        served_by=SERVED_BY,
    )


@app.get("/watch")
def watch():
    return render_template("watch.html")


@app.get("/health")
def health():
    return jsonify(status="ok", instance=INSTANCE)


@app.after_request
def log(response):
    if request.path != "/health":
        print(f"[{INSTANCE}] {request.method} {request.path} {response.status_code}")
    return response
