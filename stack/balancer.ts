import * as pulumi from "@pulumi/pulumi";
import type { BalancerArgs } from "../components";
import { asRecord, hiddenValue } from "../components/arguments/problems";
import { replaceSecrets } from "../components/arguments/secrecy";
import { acme as acmeSchema } from "../components/service/schema";
import { configOf, readNamedSecret } from "./findings";
import { readProjectFile } from "./project-file";
import type { PoolSources } from "./pool";

type Fields = Record<string, unknown>;
type Path = (string | number)[];

/** Turns the balancer as the stack's file has it, with files by path and keys by name, into what `LoadBalancedService` takes. */
export function readBalancer(balancer: unknown, sources: PoolSources): unknown {
  const fields = asRecord(balancer);
  if (fields === undefined) return balancer;
  const path = ["balancer"];
  const tls = asRecord(fields.tls);
  return {
    ...readFileSetting(path, fields, "unavailablePage", sources),
    ...(tls === undefined ? {} : { tls: readTls([...path, "tls"], tls, sources) }),
  };
}

function readTls(path: Path, tls: Fields, sources: PoolSources): Fields {
  const { certificates } = tls;
  const clients = asRecord(tls.clients);
  const acme = asRecord(tls.acme);
  return {
    ...tls,
    ...(acme === undefined ? {} : { acme: readAcme([...path, "acme"], acme, sources) }),
    ...(Array.isArray(certificates)
      ? {
          certificates: certificates.map((value: unknown, index) => {
            const fields = asRecord(value);
            if (fields === undefined) return value;
            return readCertificate([...path, "certificates", index], fields, sources);
          }),
        }
      : {}),
    ...(clients === undefined
      ? {}
      : { clients: readFileSetting([...path, "clients"], clients, "authority", sources) }),
  };
}

/** Secrets are named, and long texts stand in files. */
function readAcme(path: Path, acme: Fields, sources: PoolSources): Fields {
  const dns = asRecord(acme.dns);
  const read = {
    ...readFileSetting(path, acme, "directoryAuthority", sources),
    ...(dns === undefined ? {} : { dns: readFileSetting([...path, "dns"], dns, "script", sources) }),
  };
  return replaceSecrets(acmeSchema, read, (name, inside) => {
    const at = [...path, ...inside];
    return readNamedSecret(sources.config, name, at, sources.findings) ?? reported;
  }) as Fields;
}

function readCertificate(path: Path, fields: Fields, sources: PoolSources): Fields {
  const withCertificate = readFileSetting(path, fields, "certificate", sources);
  if (fields.keyFile !== undefined) return readFileSetting(path, withCertificate, "key", sources);
  if (fields.key === undefined) return withCertificate;
  return { ...withCertificate, key: readKey([...path, "key"], fields.key, sources) };
}

/** A key's text: it is checked here, and becomes secret with `hideKeys`. */
function readKey(path: Path, name: unknown, { config, findings }: PoolSources): unknown {
  const secret = readNamedSecret(config, name, path, findings);
  if (secret === undefined || typeof name !== "string") return reported;
  return pulumi.runtime.getConfig(`${configOf(name, config).name}:${name}`) ?? secret;
}

/** Stands for what is reported already: the check of the shape would report it once more. */
const reported = pulumi.output("");

/** Puts the text of the file that `<field>File` names where `field` belongs. */
function readFileSetting(path: Path, fields: Fields, field: string, sources: PoolSources): Fields {
  const setting = `${field}File`;
  const { [setting]: file, ...rest } = fields;
  if (file === undefined) return fields;
  const { findings, folder } = sources;
  if (rest[field] !== undefined) {
    const remedy = "Keep one of the two.";
    const rule = `be left out where ${field} is set`;
    findings.problems.push({ path: [...path, setting], value: showPath(file), rule, remedy });
    return { ...rest, [field]: reported };
  }
  const read = readProjectFile(folder, file);
  findings.written.set(JSON.stringify([...path, field]), { setting, value: showPath(file) });
  if ("text" in read) return { ...rest, [field]: read.text };
  findings.problems.push({ path: [...path, setting], value: showPath(file), ...read });
  return { ...rest, [field]: reported };
}

/** Whoever writes a key where its path belongs must not find it in a log. */
function showPath(file: unknown): unknown {
  return typeof file !== "string" || /^[^\r\n]{1,200}$/.test(file) ? file : hiddenValue;
}

/** Encrypts the keys in the state. */
export function hideKeys(balancer: BalancerArgs): BalancerArgs {
  const { tls } = balancer;
  if (tls?.certificates === undefined) return balancer;
  const certificates = tls.certificates.map((args) => ({ ...args, key: pulumi.secret(args.key) }));
  return { ...balancer, tls: { ...tls, certificates } };
}
