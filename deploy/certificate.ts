import { defineScript, printing } from "./process";
import { makeSelfSigned } from "./self-signed";
import type { CertificateTask } from "./tasks";

const hour = 3_600_000;
/** As long as clients take one at most. */
const days = 397;

export const { makeCertificate } = defineScript<"certificate">({
  makeCertificate: printing(({ task, before }) => before ?? renderCertificate(task)),
});

/** A new certificate and then its key. */
function renderCertificate(task: CertificateTask): string {
  // The clients' clocks may be behind.
  const from = Date.now() - hour;
  const until = from + days * 24 * hour;
  const { certificate, key } = makeSelfSigned({ ...task, from: new Date(from), until: new Date(until) });
  return certificate + key;
}
