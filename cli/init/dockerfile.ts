// What a Dockerfile says of its application, and Dockerfiles for folders that have none.
import { findWords, listInstructions } from "../../importing/dockerfile";

/** A language that is recognized by its files. */
export type Language = "Node.js" | "Python" | "Go";

/** An application, as far as its Dockerfile tells. */
export interface DockerfileFacts {
  language: Language | undefined;
  port: number | undefined;
  /** The place that says the port. */
  portFrom: string;
  healthPath: string | undefined;
}

const bases: [RegExp, Language][] = [
  [/(?:^|\/)(?:node|bun)(?:[:@-]|$)/, "Node.js"],
  [/(?:^|\/)python(?:[:@-]|$)/, "Python"],
  [/(?:^|\/)golang(?:[:@-]|$)/, "Go"],
];

/** Reads what a Dockerfile says of its last stage, and where that is silent, of those before. */
export function readDockerfile(text: string): DockerfileFacts {
  const lines = listInstructions(text);
  const images = findWords(lines, /^FROM\s+(?:--\S+\s+)*(\S+)/i);
  const [exposed] = findWords(lines, /^EXPOSE\s+(\d+)/i);
  const [variable] = findWords(lines, /^ENV\s+.*?\bPORT[= ]["']?(\d{2,5})/i);
  const [told] = findWords(
    lines,
    /^(?:CMD|ENTRYPOINT)\b.*?(?:--port[=\s",]+|-p[\s",]+|0\.0\.0\.0:|\[::\]:)(\d{2,5})/i,
  );
  const [check] = findWords(lines, /^HEALTHCHECK\s.*?https?:\/\/[^/\s"']+(\/[^\s"'|;)\\]*)/i);
  const ports: [string | undefined, string][] = [
    [exposed, "EXPOSE"],
    [variable, "ENV PORT"],
    [told, "its command"],
  ];
  const [port, portFrom] = ports.find(([found]) => found !== undefined) ?? [undefined, ""];
  return {
    language: images.flatMap((image) =>
      bases.filter(([base]) => base.test(image)).map(([, name]) => name),
    )[0],
    port: port === undefined ? undefined : Number(port),
    portFrom,
    healthPath: check,
  };
}

/** The files of an application that its Dockerfile copies or starts. */
export interface ApplicationFiles {
  has: (name: string) => boolean;
  /** The program that `npm start` starts: `server.js`. */
  main: string;
}

/** A Dockerfile for a folder that has none; what starts a program stands in its last line. */
export function writeDockerfile(language: Language, port: number, { has, main }: ApplicationFiles): string {
  const lines: Record<Language, string[]> = {
    "Node.js": [
      "FROM node:24-slim",
      "WORKDIR /app",
      "ENV NODE_ENV=production",
      "COPY package*.json ./",
      has("package-lock.json") ? "RUN npm ci --omit=dev" : "RUN npm install --omit=dev",
      "COPY . .",
      "USER node",
      `EXPOSE ${port}`,
      `CMD ["node", ${JSON.stringify(main)}]`,
    ],
    Python: [
      "FROM python:3.14-slim",
      "WORKDIR /app",
      "ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1",
      ...(has("requirements.txt")
        ? [
            "COPY requirements.txt .",
            "RUN pip install --no-cache-dir --requirement requirements.txt",
            "COPY . .",
          ]
        : ["COPY . .", ...(has("pyproject.toml") ? ["RUN pip install --no-cache-dir ."] : [])]),
      "USER nobody",
      `EXPOSE ${port}`,
      `CMD ["python3", ${JSON.stringify(["main.py", "app.py", "server.py"].find(has) ?? "main.py")}]`,
    ],
    Go: [
      "FROM golang:1.26 AS build",
      "WORKDIR /src",
      `COPY go.mod ${has("go.sum") ? "go.sum " : ""}./`,
      "RUN go mod download",
      "COPY . .",
      "RUN CGO_ENABLED=0 go build -o /app .",
      "",
      // The health check needs a shell that can open a connection, which an empty image does not have.
      "FROM alpine:3.23",
      "COPY --from=build /app /app",
      "USER nobody",
      `EXPOSE ${port}`,
      'CMD ["/app"]',
    ],
  };
  return `${lines[language].join("\n")}\n`;
}
