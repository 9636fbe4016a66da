/** All kinds of secrets as people read of them: the rules, what is told by a file as a whole, and values by their names. */
import { assignmentRules } from "./assignment/assignment.ts";
import type { SecretRule } from "./rule.ts";
import { secretRules } from "./rules/index.ts";
import { wholeFileRules } from "./whole-files.ts";

export interface DescribedRule extends Pick<SecretRule, "id" | "title" | "confidence" | "severity" | "reference"> {
  /** What leads to it: keywords, or which files. */
  readonly found: readonly [by: "keywords" | "files" | "names", text: string];
  /** Whether a checksum or the structure is looked at, or the form alone. */
  readonly isProved: boolean;
  /** Bits per character at least. */
  readonly minEntropy?: number;
}

export function describedRules(): readonly DescribedRule[] {
  return [
    ...secretRules.map(({ keywords, validate, ...rule }) => ({
      ...rule,
      found: ["keywords", keywords.join(", ")] as const,
      isProved: validate !== undefined,
    })),
    ...wholeFileRules.map(({ about, ...rule }) => ({ ...rule, found: ["files", about] as const, isProved: true })),
    ...assignmentRules.map((rule) => ({
      ...rule,
      found: ["names", "that say password, secret, token, key, credential or auth"] as const,
      isProved: false,
    })),
  ];
}
