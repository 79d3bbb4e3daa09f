/** Whether a value is an output of Pulumi's: by their mark, so that who only reads settings does not load Pulumi, which takes half a second. */
export function isOutput(value: unknown): boolean {
  return typeof value === "object" && value !== null && "__pulumiOutput" in value
    ? value.__pulumiOutput === true
    : false;
}
