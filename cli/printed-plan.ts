/** A step of a plan, as Pulumi prints it. */
export interface Step {
  op: string;
  urn: string;
  /** Names of the inputs that change. */
  diffReasons?: string[];
  oldState?: State;
  newState?: State;
}

export interface State {
  type: string;
  inputs?: Inputs;
  dependencies?: string[];
  retainOnDelete?: boolean;
}

/** The description of a container or volume; a secret is a text instead. */
export interface Inputs {
  labels?: { label: string; value: string }[] | string;
  memory?: number;
  envs?: string[] | string;
  name?: string;
  destroyGraceSeconds?: number;
  healthcheck?: { startPeriod?: string };
  /** Of a command. */
  triggers?: unknown[] | string;
  environment?: { FLOTILLA_TASK?: string } | string;
  stdin?: string;
}

/** A plan, as `pulumi preview --json --show-sames` prints it. */
export interface Plan {
  steps?: Step[];
  diagnostics?: { severity: string; message: string }[];
}
