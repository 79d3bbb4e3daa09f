import type { RuleSubject } from "./rule";

const left = "min by (service, certificate) (flotilla_certificate_expiry_timestamp_seconds) - time()";
const certificate = "{{ $labels.certificate }} of {{ $labels.service }}";

/** How long certificates are still good for. */
export const certificates: RuleSubject = {
  name: "certificates",
  recordings: () => [],
  alerts: ({ certificateDays }) => [
    {
      alert: "CertificateExpires",
      expr: `${left} < ${certificateDays * 86_400}`,
      for: "1m",
      severity: "warning",
      summary: `${certificate} expires in {{ $value | humanizeDuration }}.`,
    },
    {
      alert: "CertificateExpired",
      expr: `${left} <= 0`,
      for: "0s",
      severity: "critical",
      summary: `${certificate} has expired.`,
    },
  ],
};
