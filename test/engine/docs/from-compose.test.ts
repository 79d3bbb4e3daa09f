// A project of Compose as people have it: Nginx in front, three replicas, Redis. It is imported, deployed, and asked at its front door.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findRunning } from "../support/engine";
import { ask } from "../support/requests";
import { useWalk } from "./support/walk";

const guide = "docs/from-compose.md";
const walk = useWalk({ shop: "" });

const compose = (port: string) => `services:
  nginx:
    image: nginx:1.30.4
    ports: ["${port}:80"]
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro", "./public:/usr/share/nginx/html:ro"]
  app:
    image: node:24-slim
    command: node /app/server.js
    environment: { REDIS_URL: "redis://cache:6379", SESSION_KEY: "\${SESSION_KEY}" }
    volumes: ["./server.js:/app/server.js:ro"]
    deploy: { replicas: 3 }
  cache: { image: "redis:8.2" }
`;
const nginx = `events {}
http {
  upstream app { least_conn; server app:3000; }
  server {
    listen 80;
    location /api/ { proxy_pass http://app/; }
    location /assets/ { root /usr/share/nginx/html; }
    location = /teapot { return 418 "short and stout"; }
    location /closed/ { auth_basic "x"; auth_basic_user_file /etc/nginx/users; proxy_pass http://app; }
    location / { proxy_pass http://app; proxy_set_header X-Zone blue; }
  }
}
`;
const program = `const { SESSION_KEY = "", REDIS_URL = "" } = process.env;
require("node:http").createServer((request, response) => response.end(JSON.stringify([
  request.url, SESSION_KEY.length > 8, /^redis:\\/\\/app:.+@cache:6379/.test(REDIS_URL), request.headers["x-zone"] ?? "none",
]))).listen(3000);
`;

async function get(path: string): Promise<[number, string]> {
  const answer = await ask(`${walk().url}${path}`);
  if (typeof answer === "string") throw new Error(answer);
  return [answer.status, answer.body];
}

test("a project of Compose is imported and deployed, and answers as its Nginx did", async () => {
  rmSync(join(walk().folder, `Pulumi.${walk().stack("shop")}.yaml`));
  walk().write("shop/docker-compose.yml", compose(new URL(walk().url).port));
  walk().write("shop/nginx.conf", nginx);
  walk().write("shop/server.js", program);
  walk().write("shop/public/assets/site.css", "body { margin: 0 }");
  const told = await walk().run(guide, "npm run import -- compose shop/docker-compose.yml --stack shop");
  expect(told).toContain("auth_basic x: there is no password at the balancer");
  await walk().run(guide, "npm run preview -- --stack shop");
  const up = await walk().run(guide, "npm run up -- --stack shop");
  expect(up).toContain(`answers at ${walk().url}`);
  expect(readFileSync(join(walk().folder, `Pulumi.${walk().stack("shop")}.yaml`), "utf8")).toContain(
    "replicas: 3",
  );
  expect(await findRunning(walk().label("shop"), "flotilla.role=replica")).toHaveLength(3);
  expect(await get("/api/users")).toEqual([200, '["/users",true,true,"none"]']);
  expect(await get("/")).toEqual([200, '["/",true,true,"blue"]']);
  expect(await get("/assets/site.css")).toEqual([200, "body { margin: 0 }"]);
  expect(await get("/teapot")).toEqual([418, "short and stout"]);
  expect((await get("/closed/"))[0]).toBe(403);
});
