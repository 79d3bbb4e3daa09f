import { makeSelfSigned, type SelfSigned } from "../../deploy/self-signed";

const day = 86_400_000;

/** What a certificate of a test says. */
interface Options {
  hosts?: string[];
  /** Days from now. Defaults to -1. */
  from?: number;
  /** Days from now. Defaults to 90. */
  until?: number;
}

/** A certificate with its key, valid now unless told otherwise. */
export function makeTestCertificate({
  hosts = ["localhost"],
  from = -1,
  until = 90,
}: Options = {}): SelfSigned {
  const after = (days: number): Date => new Date(Date.now() + days * day);
  return makeSelfSigned({ name: "test", hosts, from: after(from), until: after(until) });
}

/** A day as people write it, some days from now. */
export function describeDay(days: number): string {
  return new Date(Date.now() + days * day).toISOString().slice(0, 10);
}
