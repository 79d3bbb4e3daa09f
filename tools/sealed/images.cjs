// @ts-check
// Stand-ins for images that cannot be pulled: what they are called, what Debian packages they are made of, and the
// contract of the official image as far as applications and Flotilla rely on it.

/**
 * @typedef {object} StandIn
 * @property {string} name Name of the image that is asked for.
 * @property {string} tag Tag of the image when none is asked for.
 * @property {string} serves Start of the tags that the packages can stand in for.
 * @property {string[]} packages Debian packages that it is made of.
 * @property {Record<string, string>} [programs] Files and folders of the packages that are all it has, and where, instead of a Debian.
 * @property {string[]} [busybox] Commands of BusyBox that it has beside these programs.
 * @property {string} [npm] Version of npm that it has, of the registry of npm.
 * @property {Record<string, string>} [modules] Packages of the registry of npm, with versions, by the folder that they are in.
 * @property {GoProgram[]} [built] Programs of Go modules that it has.
 * @property {{ folder: string, artifacts: string[] }} [jars] Artifacts of Maven Central that it has, with all that they need; those without a version have the tag's.
 * @property {{ variable: string, package: string }} [version] Variable that has the version of a package.
 * @property {string[]} [entrypoint]
 * @property {string[]} [command]
 * @property {string} [like] Name of the image whose files and installation it shares.
 * @property {string} [user] User that it runs as; root when left out.
 * @property {string} [folder] Folder that it starts in; the root when left out.
 * @property {Record<string, string>} [environment]
 * @property {number[]} [ports] TCP ports that it exposes.
 * @property {string[]} [volumes]
 * @property {string} [stopSignal] SIGTERM when left out.
 * @property {string[]} tools Commands that may be relied on, for health checks too.
 * @property {string[]} lacks Commands that the official image lacks, so that nothing may rely on them.
 */

/**
 * @typedef {object} GoProgram
 * @property {string} program Place of the program in the image.
 * @property {string} module Module that it is built from, with its version.
 * @property {string} sum What the module was when it was chosen.
 * @property {string} folder Package of the program in the module.
 */

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** Commands of the official images that BusyBox brings to the programs of Prometheus. */
const busybox = ["sh", "cat", "ls", "wget", "nc", "sleep", "kill", "mkdir", "rm", "timeout"];

/** Where a command of Kafka is. */
const kafka = (/** @type {string} */ name) => `/opt/kafka/bin/kafka-${name}.sh`;

/** @type {StandIn[]} */
module.exports = [
  {
    name: "nginx",
    tag: "1.30.4",
    serves: "1.30",
    packages: ["nginx", "libnginx-mod-http-js", "curl", "ca-certificates", "openssl", "gettext-base"],
    version: { variable: "NGINX_VERSION", package: "nginx" },
    entrypoint: ["/docker-entrypoint.sh"],
    command: ["nginx", "-g", "daemon off;"],
    ports: [80],
    stopSignal: "SIGQUIT",
    tools: ["nginx", "curl", "openssl", "envsubst", "bash", "timeout"],
    lacks: ["wget", "node", "python3", "ps"],
  },
  {
    name: "node",
    tag: "24-slim",
    serves: "24",
    packages: ["nodejs"],
    npm: "11.6.2",
    version: { variable: "NODE_VERSION", package: "nodejs" },
    entrypoint: ["docker-entrypoint.sh"],
    command: ["node"],
    tools: ["node", "npm", "npx", "bash", "timeout"],
    lacks: ["curl", "wget", "python3", "ps"],
  },
  {
    name: "python",
    tag: "3.14-slim",
    serves: "3.14",
    packages: ["python3", "python3-pip", "python3-venv", "ca-certificates"],
    version: { variable: "PYTHON_VERSION", package: "python3" },
    command: ["python3"],
    environment: { LANG: "C.UTF-8" },
    tools: ["python", "python3", "pip", "bash", "timeout"],
    lacks: ["curl", "wget", "node", "ps"],
  },
  {
    name: "redis",
    tag: "8",
    serves: "8",
    packages: ["redis-server", "redis-tools"],
    version: { variable: "REDIS_VERSION", package: "redis-server" },
    entrypoint: ["docker-entrypoint.sh"],
    command: ["redis-server"],
    folder: "/data",
    ports: [6379],
    volumes: ["/data"],
    tools: ["redis-server", "redis-cli", "bash", "timeout"],
    lacks: ["curl", "wget", "node", "python3"],
  },
  {
    name: "valkey/valkey",
    tag: "9.1",
    serves: "9.",
    like: "redis",
    packages: ["valkey-server", "valkey-tools"],
    version: { variable: "VALKEY_VERSION", package: "valkey-server" },
    entrypoint: ["docker-entrypoint.sh"],
    command: ["valkey-server"],
    folder: "/data",
    ports: [6379],
    volumes: ["/data"],
    tools: ["valkey-server", "valkey-cli", "redis-server", "redis-cli", "bash", "timeout"],
    lacks: ["curl", "wget", "node", "python3"],
  },
  {
    name: "haproxy",
    tag: "3.2",
    serves: "3.2",
    packages: ["haproxy", "ca-certificates"],
    version: { variable: "HAPROXY_VERSION", package: "haproxy" },
    entrypoint: ["docker-entrypoint.sh"],
    command: ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"],
    user: "haproxy",
    folder: "/var/lib/haproxy",
    stopSignal: "SIGUSR1",
    tools: ["haproxy", "bash", "timeout"],
    lacks: ["curl", "wget", "node", "python3"],
  },
  {
    name: "postgres",
    tag: "18",
    serves: "18",
    packages: ["postgresql-18", "locales"],
    version: { variable: "PG_VERSION", package: "postgresql-18" },
    entrypoint: ["docker-entrypoint.sh"],
    command: ["postgres"],
    environment: {
      PATH: `${path}:/usr/lib/postgresql/18/bin`,
      LANG: "en_US.utf8",
      PG_MAJOR: "18",
      PGDATA: "/var/lib/postgresql/18/docker",
    },
    ports: [5432],
    volumes: ["/var/lib/postgresql"],
    stopSignal: "SIGINT",
    tools: ["postgres", "psql", "pg_isready", "pg_dump", "bash", "timeout"],
    lacks: ["curl", "wget", "node"],
  },
  {
    name: "edoburu/pgbouncer",
    tag: "v1.25.2-p0",
    serves: "v1.",
    packages: ["pgbouncer", "postgresql-client-18", "busybox-static"],
    programs: {
      "/usr/sbin/pgbouncer": "/usr/bin/pgbouncer",
      "/usr/lib/postgresql/18/bin/psql": "/usr/bin/psql",
      "/usr/lib/postgresql/18/bin/pg_isready": "/usr/bin/pg_isready",
    },
    busybox: [...busybox, "sed", "grep"],
    entrypoint: ["/entrypoint.sh"],
    command: ["/usr/bin/pgbouncer", "/etc/pgbouncer/pgbouncer.ini"],
    user: "postgres",
    ports: [5432],
    tools: ["pgbouncer", "psql", "pg_isready", "sh", "sed"],
    lacks: ["bash", "curl", "node", "python3"],
  },
  {
    name: "mongo",
    tag: "8.0",
    serves: "8",
    packages: ["nodejs", "gosu", "jq", "numactl", "procps", "ca-certificates"],
    modules: { "/usr/lib/mongosh": "mongosh@2.12.0" },
    built: [
      {
        program: "/usr/lib/ferretdb/ferretdb",
        module: "github.com/FerretDB/FerretDB@v1.24.0",
        sum: "h1:7WJmezL48Bj9bYWnhT/bEJgX5gjT5s7LFdHTqkN25rA=",
        folder: "./cmd/ferretdb",
      },
      ...["mongodump", "mongorestore"].map((name) => ({
        program: `/usr/bin/${name}`,
        module: "github.com/mongodb/mongo-tools@v0.0.0-20221102190735-6d9d341edd33",
        sum: "h1:mEJ6WfTX683Ta/HWA9S3Yypt5HCWDtzMRKITENTEVMQ=",
        folder: `./${name}/main`,
      })),
    ],
    entrypoint: ["docker-entrypoint.sh"],
    command: ["mongod"],
    environment: { HOME: "/data/db" },
    ports: [27017],
    volumes: ["/data/configdb", "/data/db"],
    tools: [
      "mongod",
      "mongosh",
      "mongodump",
      "mongorestore",
      "gosu",
      "jq",
      "numactl",
      "ps",
      "bash",
      "timeout",
    ],
    lacks: ["curl", "wget", "node", "python3"],
  },
  {
    name: "eclipse-temurin",
    tag: "21-jre",
    serves: "21-jre",
    packages: ["openjdk-21-jre-headless", "ca-certificates", "curl", "wget"],
    command: ["/bin/bash"],
    environment: {
      PATH: `/opt/java/openjdk/bin:${path}`,
      JAVA_HOME: "/opt/java/openjdk",
      LANG: "en_US.UTF-8",
    },
    tools: ["java", "keytool", "curl", "wget", "bash", "timeout"],
    lacks: ["javac", "node"],
  },
  {
    name: "apache/kafka",
    tag: "4.3.1",
    serves: "4.3",
    packages: ["openjdk-21-jre-headless", "ca-certificates"],
    jars: {
      folder: "/opt/kafka/libs",
      artifacts: [
        "org.apache.kafka:kafka_2.13",
        "org.apache.kafka:kafka-tools",
        "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5",
      ],
    },
    entrypoint: ["/__cacert_entrypoint.sh"],
    command: ["/etc/kafka/docker/run"],
    user: "appuser",
    environment: {
      PATH: `/opt/java/openjdk/bin:${path}`,
      JAVA_HOME: "/opt/java/openjdk",
      LANG: "en_US.UTF-8",
    },
    ports: [9092],
    volumes: ["/etc/kafka/secrets", "/mnt/shared/config", "/var/lib/kafka/data"],
    tools: [
      "java",
      "bash",
      "timeout",
      "awk",
      "od",
      ...[
        "storage",
        "server-start",
        "topics",
        "configs",
        "acls",
        "metadata-quorum",
        "broker-api-versions",
      ].map(kafka),
      ...["console-producer", "console-consumer", "consumer-groups", "verifiable-producer"].map(kafka),
    ],
    lacks: ["curl", "node", "python3"],
  },
  {
    name: "prom/prometheus",
    tag: "v3.5.3",
    serves: "v3.",
    packages: ["prometheus", "busybox-static", "ca-certificates"],
    programs: { "/usr/bin/prometheus": "/bin/prometheus", "/usr/bin/promtool": "/bin/promtool" },
    busybox,
    entrypoint: ["/bin/prometheus"],
    command: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
    user: "nobody",
    folder: "/prometheus",
    ports: [9090],
    volumes: ["/prometheus"],
    tools: ["prometheus", "promtool", "sh", "wget", "nc"],
    lacks: ["bash", "curl", "node", "python3"],
  },
  {
    name: "prom/alertmanager",
    tag: "v0.33.1",
    serves: "v0.",
    packages: ["prometheus-alertmanager", "busybox-static", "ca-certificates"],
    programs: {
      "/usr/bin/prometheus-alertmanager": "/bin/alertmanager",
      "/usr/bin/amtool": "/bin/amtool",
      "/usr/share/prometheus/alertmanager": "/usr/share/prometheus/alertmanager",
    },
    busybox,
    entrypoint: ["/bin/alertmanager"],
    command: ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"],
    user: "nobody",
    folder: "/alertmanager",
    ports: [9093],
    volumes: ["/alertmanager"],
    tools: ["alertmanager", "amtool", "sh", "wget", "nc"],
    lacks: ["bash", "curl", "node", "python3"],
  },
  {
    name: "goacme/lego",
    tag: "v4.35.2",
    serves: "v4.",
    packages: ["lego", "busybox-static", "ca-certificates"],
    programs: { "/usr/bin/lego": "/lego" },
    busybox: [
      ...busybox,
      ...["chmod", "cp", "cut", "date", "grep", "ln", "mv", "readlink", "sed", "sha256sum", "tail", "tr"],
    ],
    entrypoint: ["/lego"],
    ports: [80],
    tools: ["sh", "wget", "sed", "date", "sha256sum"],
    lacks: ["bash", "curl", "node", "python3", "openssl"],
  },
  ...["pebble", "pebble-challtestsrv"].map((name) => ({
    name: `ghcr.io/letsencrypt/${name}`,
    tag: "2.10.0",
    serves: "2.",
    packages: ["pebble", "ca-certificates"],
    programs: { [`/usr/bin/${name}`]: "/app" },
    entrypoint: ["/app"],
    tools: [],
    lacks: ["sh", "bash", "curl", "wget"],
  })),
  {
    name: "prom/node-exporter",
    tag: "v1.11.1",
    serves: "v1.",
    packages: ["prometheus-node-exporter", "busybox-static"],
    programs: { "/usr/bin/prometheus-node-exporter": "/bin/node_exporter" },
    busybox,
    entrypoint: ["/bin/node_exporter"],
    user: "nobody",
    ports: [9100],
    tools: ["node_exporter", "sh", "wget"],
    lacks: ["bash", "curl", "node", "python3"],
  },
  {
    name: "ghcr.io/google/cadvisor",
    tag: "v0.57.0",
    serves: "v0.",
    packages: ["busybox-static"],
    programs: { "/usr/bin/cadvisor": "/usr/bin/cadvisor" },
    built: [
      {
        program: "/usr/bin/cadvisor",
        module: "github.com/google/cadvisor@v0.57.0",
        sum: "h1:2LoXUZIJPR3VQJC1bZmqAGdh09yPfpS7MEeC4fJy80k=",
        folder: "./flotilla",
      },
    ],
    busybox,
    entrypoint: ["/usr/bin/cadvisor", "-logtostderr"],
    ports: [8080],
    tools: ["cadvisor", "sh", "wget"],
    lacks: ["bash", "curl", "node", "python3"],
  },
  {
    name: "nginx/nginx-prometheus-exporter",
    tag: "1.5.1",
    serves: "1.",
    packages: ["prometheus-nginx-exporter", "ca-certificates"],
    programs: { "/usr/bin/prometheus-nginx-exporter": "/usr/bin/nginx-prometheus-exporter" },
    entrypoint: ["/usr/bin/nginx-prometheus-exporter"],
    user: "1001:1001",
    ports: [9113],
    tools: [],
    lacks: ["sh", "wget", "curl"],
  },
  {
    name: "oliver006/redis_exporter",
    tag: "v1.86.0",
    serves: "v1.",
    packages: ["prometheus-redis-exporter", "ca-certificates"],
    programs: { "/usr/bin/prometheus-redis-exporter": "/redis_exporter" },
    entrypoint: ["/redis_exporter"],
    user: "59000:59000",
    ports: [9121],
    tools: [],
    lacks: ["sh", "wget", "curl"],
  },
  {
    name: "prometheuscommunity/postgres-exporter",
    tag: "v0.19.1",
    serves: "v0.",
    packages: ["prometheus-postgres-exporter", "busybox-static"],
    programs: { "/usr/bin/prometheus-postgres-exporter": "/bin/postgres_exporter" },
    busybox,
    entrypoint: ["/bin/postgres_exporter"],
    user: "nobody",
    ports: [9187],
    tools: ["postgres_exporter", "sh", "wget"],
    lacks: ["bash", "curl", "node", "python3"],
  },
  {
    name: "docker",
    tag: "28.5.2-dind",
    serves: "28",
    packages: ["docker.io", "docker-cli", "iptables", "iproute2", "ca-certificates"],
    version: { variable: "DOCKER_VERSION", package: "docker.io" },
    entrypoint: ["dockerd-entrypoint.sh"],
    environment: { DOCKER_TLS_CERTDIR: "/certs" },
    ports: [2375, 2376],
    volumes: ["/var/lib/docker"],
    tools: ["dockerd", "docker", "iptables", "ip", "sh", "timeout"],
    lacks: ["node", "python3"],
  },
  {
    name: "registry",
    tag: "2.8.3",
    serves: "2",
    packages: ["docker-registry", "busybox-static", "ca-certificates"],
    programs: { "/usr/bin/docker-registry": "/bin/registry" },
    busybox,
    entrypoint: ["/entrypoint.sh"],
    command: ["/etc/docker/registry/config.yml"],
    ports: [5000],
    volumes: ["/var/lib/registry"],
    tools: ["registry", "sh", "wget"],
    lacks: ["bash", "curl", "node", "python3"],
  },
];
