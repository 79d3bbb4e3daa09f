import { X509Certificate } from "node:crypto";
import { findFaults } from "./certificate-faults";
import { inBalancer, renderFile } from "./balancer";
import { type Engine, Failure, longSeconds } from "../engine/client";
import { composeShell } from "../engine/shell";
import { packStaticFiles } from "./static-files";
import { places } from "../nginx/places";
import type { GivenCertificate, StaticFolder } from "./tasks";
import { linkFoldersSh } from "./texts";
import { keptFolder } from "./transaction";

/** Shell commands that write files which only Nginx's own user may read. */
export function renderSecretFiles(within: string, files: Record<string, string>): string {
  const lines = Object.entries(files).map(([file, text]) => renderFile(`${within}/${file}`, text));
  return lines.length === 0 ? "" : `(umask 077\n${lines.join("\n")})`;
}

/** Shell commands that write down what the metrics tell of a configuration: when it came, when its certificates go. */
export function renderFactFiles(secretFiles: Record<string, string>): string {
  return ["date +%s > next/deployed", renderFile("next/expiries", listExpiries(secretFiles))].join("\n");
}

/** One certificate in each line, with the second at which it expires. */
export function listExpiries(files: Record<string, string>): string {
  return Object.entries(files)
    .filter(([file]) => file.endsWith(".pem"))
    .map(([file, text]) => `${file} ${Date.parse(new X509Certificate(text).validTo) / 1000}\n`)
    .join("");
}

/** Certificates that were not known before may be wrong in ways that Nginx does not mind. */
export function checkCertificates(certificates: GivenCertificate[], texts: Record<string, string>): void {
  const lines = certificates.flatMap(({ certificate, key, hosts }, index) => {
    const { [certificate]: certificateText = "", [key]: keyText = "" } = texts;
    const faults = findFaults({ certificate: certificateText, key: keyText, hosts }, new Date());
    return faults.map(({ field: [name = "", place], rule, remedy }) => {
      const at = place === undefined ? name : `${name}[${place}]`;
      return `balancer.tls.certificates[${index}].${at} must ${rule}. ${remedy}`;
    });
  });
  if (lines.length > 0) throw new Failure(["Nothing was changed.", ...lines].join("\n"));
}

/** Brings the files of folders into the balancer's volume, where they are not there yet. */
export async function deliverFolders(
  engine: Engine,
  balancer: string,
  folders: StaticFolder[],
): Promise<void> {
  if (folders.length === 0) return;
  const delivered = await inBalancer(engine, balancer, `ls ${places.store} 2>/dev/null || true`);
  for (const { folder, hash } of folders) {
    if (delivered.split("\n").includes(`${hash}.complete`)) continue;
    const archive = packStaticFiles(folder, hash, `store/${hash}`);
    if (archive === undefined)
      throw new Failure(`The folder ${folder} was changed while the update ran. Run it again.`);
    await engine.run(["cp", "-", `${balancer}:/etc/flotilla`], { input: archive, seconds: longSeconds });
  }
}

/** A folder of which the balancer's volume has a copy. */
export interface LinkedFolder extends Omit<StaticFolder, "folder"> {
  /** Copies of what it had before, besides the one that is live. */
  former?: string[];
}

/** Shell commands that give a configuration its folders, and drop what neither it nor the live one has. */
export function renderFolders(folders: LinkedFolder[]): string {
  return composeShell(
    {
      store: places.store,
      kept_folder: keptFolder,
      hashes: folders.flatMap(({ hash, former = [] }) => [hash, ...former]).join(" "),
      folders: folders
        .map(
          ({ path, hash, keepSeconds, former = [] }) => `${[path, hash, keepSeconds, ...former].join(" ")}\n`,
        )
        .join(""),
    },
    linkFoldersSh,
  );
}
