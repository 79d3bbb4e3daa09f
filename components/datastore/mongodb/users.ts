import { monitoringUser } from "../exporters";
import type { StoreModel } from "../fields";
import { derivePassword, type StoreSecrets } from "../recipe";

/** A user beside the application's, in MongoDB's own database of users. */
export interface MongodbUser {
  user: string;
  /** None where nobody shall sign in by this name. */
  password?: string;
  roles: { role: string; db: string }[];
}

/** The users of the datastore's own containers, each with the least that it needs. */
export function listUsers(
  { backup, metrics }: StoreModel,
  database: string,
  secrets: StoreSecrets,
): MongodbUser[] {
  const list = (user: string, isWanted: boolean, role: string, db: string): MongodbUser => ({
    user,
    ...(isWanted ? { password: derivePassword(secrets, user) } : {}),
    roles: [{ role, db }],
  });
  return [
    list("backup", backup !== undefined, "read", database),
    // It sees figures, also of databases, and no document of the application.
    list(monitoringUser, metrics, "clusterMonitor", "admin"),
  ];
}
