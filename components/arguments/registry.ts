import { z } from "zod";
import type { CredentialsArgs, RegistryArgs } from "../registry-types";
import { closed, type Fields, flag, phrase, text } from "./schema-parts";
import { secretInput } from "./secrecy";

const pathComponent = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const registryHost = "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?";
const registryAddress = new RegExp(`^${registryHost}$`);
const registryPrefix = new RegExp(`^${registryHost}(?:/${pathComponent})*$`);

const passwordRule = "be a password or token";
const credentials = closed(
  {
    address: text(
      "be the host, and port, of a registry",
      registryAddress,
      "Write it without scheme and path.",
    ),
    username: text("be a name to sign in with", /\S/),
    password: secretInput(passwordRule, (value) => value !== "").nonoptional(phrase(passwordRule)),
  } satisfies Fields<CredentialsArgs>,
  "be an object with address, username and password",
);

/** Where images come from. */
export const registry = closed(
  {
    mirror: text(
      "be a registry, and a path in it, without scheme and closing slash",
      registryPrefix,
      "Write it like mirror.example.com/hub.",
    ).optional(),
    followTags: flag().default(true),
    credentials: z.array(credentials, phrase("be a list of credentials")).optional(),
  } satisfies Fields<RegistryArgs>,
  "be an object that describes the registry",
);
