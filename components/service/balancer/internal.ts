import { ServedBy } from "../../types";
import { type Balancer, balancer } from "./schema";

/** The balancer of an internal pool: the same Nginx with the same shares as the one in front, of which all else is said alone. */
export function resolveInternal({
  image,
  version,
  replicas,
  limits,
  reservations,
  security,
}: Balancer): Balancer {
  const defaults = balancer.parse({});
  return {
    ...{ ...defaults, image, version, replicas, limits, reservations, security },
    // Pools speak with each other: what browsers need would only be in their way.
    headers: {
      ...{ security: {}, servedBy: ServedBy.Nobody, instance: false, upstreamServer: false, requestId: true },
    },
    compression: { ...defaults.compression, gzip: false },
    bodyLimitMiB: 0,
    status: { ...defaults.status, health: [] },
  };
}
