"""Two replicas and a Redis: what examples/yaml says, in Python."""

from pathlib import Path

import pulumi
import pulumi_flotilla as flotilla

config = pulumi.Config()
server = Path(__file__).with_name("server.py").read_text()

cache = flotilla.Datastore("cache", engine=flotilla.DatastoreEngine.REDIS, image="redis:8.2")

api = flotilla.PoolArgsArgs(
    image="python:3.14-slim",
    port=3000,
    replicas=config.get_int("replicas") or 2,
    command=["python3", "/app/server.py"],
    files={"/app/server.py": server},
    env={"VERSION": config.get("version") or "v1"},
    health_check=flotilla.HealthCheckArgsArgs(interval_seconds=2, timeout_seconds=2, start_seconds=30),
    stores={"REDIS_URL": cache.connection},
    strategy=flotilla.Strategy.BLUE_GREEN,
)
shop = flotilla.LoadBalancedService(
    "shop",
    pools={"api": api},
    balancer=flotilla.BalancerArgsArgs(port=config.get_int("port") or 8080),
)

pulumi.export("url", shop.url)
pulumi.export("replicas", shop.replicas)
