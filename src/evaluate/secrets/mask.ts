/** Texts that are shown beside findings, such as the instruction that made a layer: without the secrets in them. */
import type { SecretScanner } from "../../engines/secrets/scan.ts";

/** @returns the text with each secret in its redacted form; the text itself where it has none */
export function maskSecrets(text: string, scanner: SecretScanner): string {
  const bytes = Buffer.from(text);
  const { secrets } = scanner.scan("history[0]", bytes);
  if (secrets.length === 0) return text;
  let masked = "";
  let at = 0;
  for (const { offset, length, redacted } of secrets) {
    masked += bytes.toString("utf8", at, offset) + redacted;
    at = offset + length;
  }
  return masked + bytes.toString("utf8", at);
}
