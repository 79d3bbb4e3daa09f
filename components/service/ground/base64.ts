/** As the provider takes what secrets and configs hold. */
export function toBase64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
