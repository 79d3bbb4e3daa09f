import type * as docker from "@pulumi/docker";

/** What is one replica, or one balancer: a container, or a service of a swarm. */
export type Unit = docker.Container | docker.Service;
