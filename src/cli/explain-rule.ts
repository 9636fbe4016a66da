/** What a rule for secrets looks for; the expression itself is in the source. */
import type { DescribedRule } from "../engines/secrets/described-rules.ts";

export function explainRule({
  id,
  title,
  found,
  confidence,
  severity,
  isProved,
  minEntropy,
  reference,
}: DescribedRule): string {
  const proof = isProved ? "checksum or structure; other matches are dropped" : "none: pattern only";
  const facts = [
    ["severity", severity],
    ["confidence", confidence],
    found,
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
