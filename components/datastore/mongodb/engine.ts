import type { StoreEngine } from "../engine";
import { resolveMongodb } from "./recipe";
import { mongodbRules, type MongodbSettings, mongodbSettings } from "./schema";

/** MongoDB, on one server or as a replica set of three, with an administrator and other users for the application. */
export const mongodb: StoreEngine<MongodbSettings> = {
  image: "mongo:8.0",
  startSeconds: 120,
  defaults: mongodbSettings.parse({}),
  rules: mongodbRules,
  resolveRecipe: resolveMongodb,
};
