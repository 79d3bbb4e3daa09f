import { resources, type Rule } from "../../arguments/schema-parts";
import type { z } from "zod";

type Resources = z.output<typeof resources>;

/** The rules that nothing is meant to get more than it may use. */
export const reservationRules = (["cpus", "memoryMiB"] as const).map(
  (field): Rule<{ limits?: Resources | undefined; reservations?: Resources | undefined }> => ({
    needs: [`limits.${field}`, `reservations.${field}`],
    find: ({ limits, reservations }) => {
      const [limit, reservation] = [limits?.[field], reservations?.[field]];
      if (limit === undefined || reservation === undefined || reservation <= limit) return [];
      const rule = `be at most the limit (${limit})`;
      const remedy = `Lower it, or raise limits.${field}.`;
      return [{ path: ["reservations", field], value: reservation, rule, remedy }];
    },
  }),
);
