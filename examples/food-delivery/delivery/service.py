"""Restaurants, menus and couriers. Only the API asks."""

import os
import time

from flask import Flask, jsonify, request
from pymongo import MongoClient, ReturnDocument

INSTANCE = os.environ.get("INSTANCE_ID", "delivery")
MENU_SECONDS = 10

app = Flask(__name__)
database = MongoClient(os.environ["MONGODB_URL"]).get_default_database()
kept = {"until": 0.0, "restaurants": {}}


def restaurants():
    """All restaurants by id; menus change rarely, so they are kept for some seconds."""
    if time.monotonic() > kept["until"]:
        kept["restaurants"] = {found["_id"]: found for found in database.restaurants.find()}
        kept["until"] = time.monotonic() + MENU_SECONDS
    return kept["restaurants"]


def answer(body, status=200):
    return jsonify({**body, "served_by": {"instance": INSTANCE}}), status


@app.get("/health")
def health():
    return answer({"status": "ok"})


@app.get("/restaurants")
def list_restaurants():
    return answer({"restaurants": [{"id": each["_id"], "name": each["name"]} for each in restaurants().values()]})


@app.get("/restaurants/<name>/menu")
def show_menu(name):
    found = restaurants().get(name)
    return answer({"error": "no such restaurant"}, 404) if found is None else answer({"menu": found["menu"]})


@app.post("/assignments")
def assign():
    """The minutes until an order is there, and who brings it: whoever has delivered least."""
    order = request.get_json()
    found = restaurants().get(order["restaurant"])
    if found is None:
        return answer({"error": "no such restaurant"}, 422)
    known = {each["dish"] for each in found["menu"]}
    unknown = sorted({item["dish"] for item in order["items"]} - known)
    if unknown:
        return answer({"error": f"not on the menu: {', '.join(unknown)}"}, 422)
    dishes = sum(item["quantity"] for item in order["items"])
    partner = database.partners.find_one_and_update(
        {}, {"$inc": {"deliveries": 1}}, sort=[("deliveries", 1)], return_document=ReturnDocument.AFTER
    )
    return answer({"eta": found["cooksMinutes"] + found["ridesMinutes"] + dishes, "partner": partner["_id"]})


@app.after_request
def log(response):
    if request.path != "/health":
        print(f"[{INSTANCE}] {request.method} {request.path} {response.status_code}")
    response.headers["X-Instance-ID"] = INSTANCE
    return response
