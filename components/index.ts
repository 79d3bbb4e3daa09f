export * from "./backup-types";
export { Datastore } from "./datastore";
export * from "./datastore-types";
export { LoadBalancedService } from "./load-balanced-service";
export { Monitoring } from "./monitoring";
export * from "./monitoring-types";
export type { Thresholds } from "../monitoring/model";
export * from "./scrape-types";
export * from "./types";
