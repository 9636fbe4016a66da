/** What a rule for secrets looks for; the expression itself is in the source. */
import type { SecretRule } from "../engines/secrets/rule.ts";

export function explainRule({
  id,
  title,
  keywords,
  confidence,
  severity,
  validate,
  minEntropy,
  reference,
}: SecretRule): string {
  const proof = validate === undefined ? "none: pattern only" : "checksum or structure; other matches are dropped";
  const facts = [
    ["severity", severity],
    ["confidence", confidence],
    ["keywords", keywords.join(", ")],
    ["proof", proof],
    ...(minEntropy === undefined ? [] : [["entropy", `at least ${minEntropy} bits per character`]]),
    ["checks", "build/committed-secret, image/embedded-secret"],
    ["format", reference],
  ];
  return [
    `${id} · ${title} · secret rule`,
    "",
    "  Revoke the secret first; then remove it from files, layers and history.",
    "",
    ...facts.map(([name = "", text = ""]) => `  ${name.padEnd(12)}${text}`),
    "",
  ].join("\n");
}
