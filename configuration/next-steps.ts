import * as pulumi from "@pulumi/pulumi";

/** Commands that show what was deployed. */
export function describeNext(url: pulumi.Output<string>): pulumi.Output<string>[] {
  const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
  const filter = `--filter label=flotilla.stack=${stack}`;
  return [
    pulumi.interpolate`curl ${url}/healthz`,
    pulumi.output(`docker ps ${filter}`),
    pulumi.output(`docker stats $(docker ps --quiet ${filter})`),
  ];
}
