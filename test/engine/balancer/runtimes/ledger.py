"""The same ledger for each server: POSTs are entered by their body, GET /ledger tells how many entries and how many names there are."""

import json
from threading import Lock
from time import perf_counter

entries = []
lock = Lock()


def work():
    """Some milliseconds of an ordinary application's work: what comes meanwhile waits."""
    end = perf_counter() + 0.004
    while perf_counter() < end:
        pass


def respond(method, path, body):
    if path.endswith("/ledger"):
        with lock:
            return json.dumps({"entries": len(entries), "names": len(set(entries))})
    if method == "POST":
        with lock:
            entries.append(body)
            work()
    return json.dumps({"body": body})


def wsgi(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    answer = respond(environ["REQUEST_METHOD"], environ["PATH_INFO"], body).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
    return [answer]


async def asgi(scope, receive, send):
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    answer = respond(scope["method"], scope["path"], body.decode()).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def flask():
    from flask import Flask, request

    app = Flask("ledger")

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def answer(path):
        return respond(request.method, f"/{path}", request.get_data(as_text=True))

    return app
