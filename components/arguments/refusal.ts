import * as pulumi from "@pulumi/pulumi";
import { describeProblems, type Problem } from "./problems";

/** The error that tells all that is wrong with the arguments of a component. */
export function createRefusal(component: string, problems: Problem[]): pulumi.InputPropertiesError {
  return new pulumi.InputPropertiesError({
    message: describeProblems(component, problems),
    errors: problems.map(({ path, rule }) => ({ propertyPath: path.join("."), reason: `must ${rule}` })),
  });
}
