const secretWords =
  /(?:^|_)(?:PASS|PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRETS|TOKEN|APIKEY|CREDENTIALS?|DSN|SALT|PEPPER)(?:_|$)/i;
const secretKeys =
  /(?:API|SECRET|PRIVATE|ACCESS|ENCRYPTION|SIGNING|AUTH|MASTER|APP|JWT|STRIPE|SESSION|LICENSE)_?KEYS?(?:_|$)|SECRET_KEY_BASE/i;
const notSecret =
  /(?:_FILE|_PATH|EXPIR\w*|_TTL|LIFETIME|LENGTH|ROUNDS|ALGORITHM|ISSUER|_USER|_NAME|_TYPE|_ID|_HEADER|_ENABLED|_PREFIX)$/i;
const secretValue =
  /^(?:[spr]k_(?:live|test)_|gh[pousr]_|xox[abp]-|AKIA[A-Z0-9]{12}|eyJ[\w-]{10,}\.|-----BEGIN )/;

/** Whether a command line tells a password, or another word that nobody may see. */
export function tellsSecret(words: string[]): boolean {
  const option = /^--?[\w.-]*(?:password|passwd|passphrase|secret|token|api-?key)(?!-(?:file|stdin|path))\b/i;
  const parts = words.flatMap((word) => word.split(/\s+/));
  return parts.some(
    (word, at) =>
      /:\/\/[^\s/@:]*:[^\s@]+@/.test(word) ||
      (option.test(word) &&
        (/=[^$]/.test(word) || (!word.includes("=") && /^[^-$]/.test(parts[at + 1] ?? "")))),
  );
}

/** Whether a variable holds what nobody may see, by its name or its value. */
export function isSecret(name: string, value = ""): boolean {
  if (secretValue.test(value) || /^[a-z][\w+.-]*:\/\/[^/@\s:]*:[^/@\s]+@/i.test(value)) return true;
  return (secretWords.test(name) || secretKeys.test(name)) && !notSecret.test(name);
}
