import { controlPort } from "../nginx/control-port";
import { loneAddress, ownPlace } from "../nginx/own-place";
import { metricsPort } from "../nginx/places";

/** Values for `fetch.sh`, which asks a balancer at its control port. */
export const controlValues = {
  control_port: controlPort,
  own_address: ownPlace.address,
  lone_address: loneAddress,
};

/** Values for `own-place.sh`, besides. */
export const ownValues = {
  ...controlValues,
  metrics_port: metricsPort,
  own_folder: ownPlace.folder,
  own_upstream: ownPlace.upstream,
  own_control: ownPlace.control,
  own_metrics: ownPlace.metrics,
  told_file: ownPlace.told,
};
