/** Whether tests that take long are wanted too. */
export const isLong = process.env.FLOTILLA_PROVE_LONG === "1";
