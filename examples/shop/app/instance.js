/** Name of this replica, such as `app-1`. */
export const instance = process.env.INSTANCE_ID ?? "app-1";

const number = instance.split("-").at(-1);

/** Writes a line that says which replica it is of: `[Instance 1] GET /products`. */
export const log = (text) => console.log(`[Instance ${number}] ${text}`);
