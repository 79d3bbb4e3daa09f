export { Datastore } from "./datastore";
export * from "./datastore-types";
export { LoadBalancedService } from "./load-balanced-service";
export * from "./scrape-types";
export * from "./types";
