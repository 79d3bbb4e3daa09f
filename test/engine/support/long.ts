/** Whether the suites' long tests are asked for. */
export const isLong = process.env.FLOTILLA_PROVE_LONG === "1";
