/** Which file of `test/engine/docs` runs a command of the documentation. */
const walks: Record<string, string[]> = {
  "first-stack.test.ts": [
    "npm ci",
    "npm run doctor",
    "npm run up",
    "npm run up -- --set balancer.port=8090",
    "curl http://localhost:8080/",
    "curl http://localhost:8080/healthz",
    "docker ps --filter label=flotilla.stack=flotilla/dev",
    "npm run up -- --replicas api=3 --yes",
    "sleep 0.2",
    "curl -sS -o /dev/null -w %{http_code}\\n http://localhost:8080/",
    "npm run up -- --set pools.api.env.VERSION=2 --yes",
    "npm run up -- --set pools.api.env.HEALTHY=false --yes",
    "npm run up -- --yes",
    "npm run down",
    // Of the guides to scaling and to symptoms, on the same stack.
    "npm run up -- --replicas api=5",
    "npm run preview",
    "npm run preview -- --markdown",
    "docker ps --all --filter label=flotilla.role",
    "docker ps --all --filter label=flotilla.role=balancer",
    "docker ps --filter label=flotilla.role=replica",
    "docker ps --filter publish=8080",
    "docker network ls --filter label=flotilla.stack",
    "docker inspect --format {{json .State.Health}} CONTAINER",
    "docker system df",
    "curl http://localhost:8080/lb/status",
    "eval $(…)",
    "npm run -s env",
    "npm run env",
    "pulumi up",
    "pulumi preview",
    "pulumi stack output targets",
    "pulumi destroy",
  ],
  "your-application.test.ts": [
    "npm run preview -- --stack staging",
    "npm run up -- --stack staging",
    "pulumi config set --secret SESSION_KEY --stack staging",
  ],
  "from-compose.test.ts": [
    "npm run import -- compose shop/docker-compose.yml --stack shop",
    "npm run preview -- --stack shop",
    "npm run up -- --stack shop",
  ],
  "updates.test.ts": [
    "npm run preview -- --stack prod",
    "npm run preview -- --stack prod --markdown",
    "npm run up -- --stack prod",
    "git revert HEAD",
    "npm run up -- --stack prod --set pools.api.image=registry.example.com/api:1.3",
    "pulumi cancel --stack prod",
    "npm run up -- --stack prod --replicas api=8,worker=4",
    "npm run up -- --stack prod --replicas api=3",
    "pulumi config set --secret STRIPE_KEY --stack prod",
  ],
  "backups.test.ts": [
    "npm run backup -- main",
    "npm run backup -- main --list",
    "npm run restore -- main",
    "npm run restore -- main 20261121T030000Z-1a2b3c --yes --stack prod",
    "npm run up -- --stack prod --set datastores.main.backup.beforeDeployment=false",
    "pulumi stack output stores --show-secrets",
    "npm run down -- --volumes",
  ],
};

/** Which other file runs a command. */
const elsewhere: Record<string, string[]> = {
  "test/docs/commands.test.ts": ["npm run prove", "npm run doctor -- --json", "npm run flotilla"],
  "test/engine/examples/chatbot-updates.test.ts": ["npm run example -- chatbot up --help"],
  "test/engine/support/outside-project.ts": ["npm pack", "npm install ./flotilla-0.2.0.tgz"],
  "test/engine/package/previews.test.ts": ["npm run preview -- --policy-pack policies"],
  "test/package/schema.test.ts": ["npm run schema"],
  "test/build/bundle.test.ts": ["npm run scripts"],
  "test/engine/remote/remote-workspace.ts": ["pulumi config set docker:host ssh://user@host"],
  "test/engine/monitoring/deployed.test.ts": ["pulumi stack output monitoring --show-secrets"],
  "test/engine/datastore/support/kafka.ts": [
    "docker exec -e KAFKA_HEAP_OPTS=-Xmx128m CONTAINER /opt/kafka/bin/kafka-topics.sh --bootstrap-server events-1:9093 --command-config /etc/flotilla/kafka/administrator.properties --list",
  ],
  "test/engine/commands/operator.test.ts": [
    "npm run status",
    "npm run logs -- --follow api",
    "npm run restart -- api",
    "npm run stop",
    "npm run start",
    "npm run shell -- cache -- DBSIZE",
  ],
  "test/engine/commands/example.test.ts": ["npm run example -- shop", "npm run example -- shop down"],
  "test/engine/commands/down-up.long.test.ts": [
    "pulumi destroy --exclude **::secret-* --exclude **-secret --exclude **-passwords --exclude **-password --exclude **-backup-key",
  ],
  "test/engine/core/replica-failures.ts": ["docker kill", "docker stop"],
  "cli/commands/prove.ts": [
    "sh tools/sealed/setup image redis postgres",
    "sh tools/sealed/setup image prom/prometheus prom/alertmanager prom/node-exporter ghcr.io/google/cadvisor",
    "sh tools/sealed/setup languages",
  ],
};

/** Why a command is not run by a test. */
const reasons: Record<string, string[]> = {
  "it is what runs this very test, or a suite of its own": [
    "npm test",
    "npm run bench -- balancer",
    "npm run prove -- BLANK",
    "npm run prove -- BLANK --write",
    "npm run prove -- balancer datastore",
    "npm run prove -- core --short",
    "npm run prove -- --write",
    "npm run prove -- balancer --write",
    "npm run prove -- examples",
    "npm run prove -- faults",
    "npm run prove -- monitoring",
    "npm run prove -- package",
    "npm run prove -- sealed",
  ],
  "it is named without what it is given": [
    "docker build",
    "docker exec",
    "docker inspect",
    "docker logs",
    "docker stats",
    "npm run import -- compose",
    "pulumi config set --secret",
    "pulumi plugin install",
  ],
  "it is what others do": [
    "docker compose build --no-cache",
    "docker compose logs",
    "docker compose up -d",
    "docker service rollback",
  ],
  "the same as one that is run, on another stack or with another name": [
    "npm run up -- --policy-pack policies",
    "npm run up -- --stack prod --policy-pack policies",
    "npm run example -- chatbot up --stack prod --replicas chat=5",
    "npm run import -- compose --stack shop",
    "npm run import -- compose shop/compose.yml -f shop/compose.prod.yml --nginx shop/nginx.conf --stack prod --stdout",
    "npm run setup",
    "npm run setup -- image redis postgres",
    "pulumi config set --secret JWT_SECRET",
    "pulumi config set --secret shopKey",
    "sh tools/sealed/setup image redis:8.0.6",
  ],
  "it takes minutes and changes nothing that runs": ["npm run docs"],
  "it needs the repository's address, which it has when it is published": [
    "pulumi package add https://github.com/BLANK/flotilla@0.2.0",
  ],
};

/** The commands that a walk through the guides has to run. */
export function commandsOf(file: string): string[] {
  return walks[file] ?? [];
}

/** Files that run commands, from the project's folder, with these. */
export const runners: [string, string[]][] = [
  ...Object.entries(walks).map(([file, commands]): [string, string[]] => [
    `test/engine/docs/${file}`,
    commands,
  ]),
  ...Object.entries(elsewhere),
];

/** Every command with a known place or reason. */
export const accounted: string[] = [
  ...runners.flatMap(([, commands]) => commands),
  ...Object.values(reasons).flat(),
];
