import { failurePages } from "./failures";
import { maintenancePages } from "./maintenance";
import type { Balancer } from "./model";
import { renewedFile } from "./tls";
import { watchFiles } from "./watch-files";

/** The files of the configuration besides `nginx.conf` and the members: texts by path, relative to it. */
export function renderFiles(balancer: Balancer): Record<string, string> {
  return {
    ...failurePages(balancer),
    ...maintenancePages(balancer),
    ...renewedFile(balancer),
    ...watchFiles(balancer),
  };
}
