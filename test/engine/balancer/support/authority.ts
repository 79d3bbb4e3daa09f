import { spawn } from "node:child_process";

/** A certificate with its key, in PEM. */
export interface Issued {
  certificate: string;
  key: string;
}

/** Whom an authority vouches for. */
interface Wanted {
  hosts?: string[];
  /** Name of a client. */
  client?: string;
}

/** Certificates of one authority. */
export interface Authority<Name extends string> {
  /** Its own certificate. */
  certificate: string;
  issued: Record<Name, Issued>;
}

const image = "nginx:1.30.4";
const newKey = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1";

/** Makes an authority, and certificates of it: with OpenSSL, so that more is tested than Flotilla with itself. */
export async function makeAuthority<Name extends string>(
  wanted: Record<Name, Wanted>,
): Promise<Authority<Name>> {
  const names = Object.keys(wanted) as Name[];
  const script = [
    "cd /tmp",
    `${newKey} -out ca.key`,
    "openssl req -x509 -new -key ca.key -days 30 -subj '/CN=Authority of a test' -out ca.pem",
    ...names.flatMap((name) => issue(name, wanted[name])),
    ...["ca.pem", ...names.flatMap((name) => [`${name}.pem`, `${name}.key`])].map(
      (file) => `echo '=== ${file}'; cat ${file}`,
    ),
  ].join("\n");
  const files = new Map(
    (await run(script)).split(/^=== /m).map((part): [string, string] => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  );
  const read = (file: string): string => {
    const text = files.get(file);
    if (text === undefined) throw new Error(`OpenSSL did not make ${file}.`);
    return text;
  };
  const issued = names.map((name) => [name, { certificate: read(`${name}.pem`), key: read(`${name}.key`) }]);
  return { certificate: read("ca.pem"), issued: Object.fromEntries(issued) as Record<Name, Issued> };
}

function issue(name: string, { hosts = [], client }: Wanted): string[] {
  const names = hosts.map((host) => `${/^[\d.]+$/.test(host) ? "IP" : "DNS"}:${host}`).join(",");
  const extensions =
    client === undefined
      ? `subjectAltName=${names}\\nextendedKeyUsage=serverAuth`
      : "extendedKeyUsage=clientAuth";
  return [
    `${newKey} -out ${name}.key`,
    `openssl req -new -key ${name}.key -subj '/CN=${client ?? name}' -out ${name}.csr`,
    `printf '${extensions}\\n' > ${name}.ext`,
    `openssl x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile ${name}.ext -out ${name}.pem 2>/dev/null`,
  ];
}

function run(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ["run", "--rm", "-i", "--network=none", "--entrypoint=sh", image, "-es"];
    const child = spawn("docker", args, { stdio: ["pipe", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(text);
      else reject(new Error(`OpenSSL ended with ${String(code)}.`));
    });
    child.stdin.end(script);
  });
}
