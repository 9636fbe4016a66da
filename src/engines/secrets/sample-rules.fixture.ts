/** Made-up kinds of secrets, so that tests of the engine do not change with the real rules. */
import type { SecretRule } from "./rule.ts";

const common = { confidence: "high", severity: "high", reference: "https://example.com/format" } as const;

export const codeRule: SecretRule = {
  ...common,
  id: "sample-code",
  title: "Sample code",
  keywords: ["cod_"],
  pattern: /\bcod_[A-Za-z0-9]{24}\b/,
};

/** Two keywords, a named group and a validator. */
export const pairRule: SecretRule = {
  ...common,
  id: "sample-pair",
  title: "Sample pair",
  keywords: ["pair_id", "pair_key"],
  pattern: /pair_id=\w{1,20} pair_key=(?<secret>[a-z0-9]{16})\b/,
  confidence: "medium",
  validate: (secret) => (secret.startsWith("k1") ? "valid" : "invalid"),
};

export const sampleRules: readonly SecretRule[] = [codeRule, pairRule];

export const sampleCode = ["cod_", "a8Z0", "Qm3r", "T7xK", "p2Lw", "9VbN", "e5Yc"].join("");
