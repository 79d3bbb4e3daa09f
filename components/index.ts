export { LoadBalancedService } from "./load-balanced-service";
export * from "./types";
