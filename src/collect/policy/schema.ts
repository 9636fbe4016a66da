import { z } from "zod";
import { bounds } from "../../core/bounds.ts";
import { severities } from "../../core/severity.ts";

/**
 * The form of `bulkhead.yaml`. Every key has one stricter direction, which its description states and tighten.ts keeps.
 * The descriptions end up in the published JSON Schema, where editors show them.
 */
const severity = z.enum(severities);
const text = z.string().trim().min(1).max(bounds.policyTextLength);

const vulnerabilityThreshold = z.strictObject({
  severity: severity
    .optional()
    .describe("Vulnerabilities of this severity or worse fail. Default: critical. Stricter: a lesser severity."),
  fixableOnly: z
    .boolean()
    .optional()
    .describe("Count only vulnerabilities that have a fixed version. Default: true. Stricter: false."),
  exploited: z
    .boolean()
    .optional()
    .describe(
      "Vulnerabilities that are known to be exploited (CISA's KEV) fail whatever their severity; with fixableOnly, those that have a fixed version. Default: false. Stricter: true.",
    ),
});

const configurationThreshold = z.strictObject({
  severity: severity
    .optional()
    .describe("Configuration findings of this severity or worse fail. Default: high. Stricter: a lesser severity."),
});

const exception = z
  .strictObject({
    id: text.optional().describe("Advisory or check id, any case: CVE-2021-44906, policy/expired-exception."),
    ids: z.array(text).min(1).optional().describe("Several ids; any of them. Not together with id."),
    package: text.optional().describe("Package name, exact."),
    path: text
      .optional()
      .describe("Path in the image or the tree: * within a folder, ** across folders, ? for one character."),
    asset: text
      .optional()
      .describe("Name of the image or file, or its repository without the tag; patterns as in path."),
    reason: text.describe("Why the finding is accepted."),
    owner: text.describe("Who answers for it."),
    expires: z.iso
      .date()
      .describe("The last day on which it holds, UTC: 2025-12-31. After it, it is itself a finding."),
  })
  .refine(
    ({ id, ids, package: name, path, asset }) => [id, ids, name, path, asset].some((stated) => stated !== undefined),
    { error: "names nothing", params: { allowed: "at least one of id, ids, package, path, asset" }, when: isMapping },
  )
  .refine(({ id, ids }) => id === undefined || ids === undefined, {
    error: "has both id and ids",
    params: { allowed: "one of the two" },
    when: isMapping,
  })
  .describe("Accepts the findings that match everything it states, until it expires. Any exception is looser.");

export const policySchema = z
  .strictObject({
    apiVersion: z.literal("bulkhead/v1").describe("The version of this file's form."),
    thresholds: z
      .strictObject({
        vulnerabilities: vulnerabilityThreshold.optional(),
        configuration: configurationThreshold.optional(),
      })
      .optional()
      .describe("From which severity on findings fail."),
    unknownSeverity: z
      .enum([...severities, "unknown"])
      .optional()
      .describe(
        "What a finding of unknown severity counts as. Default: unknown, which makes the verdict unknown. " +
          "Stricter: a worse severity; critical is stricter than unknown, and no other is.",
      ),
    advisories: z
      .strictObject({
        maxAgeDays: z
          .int()
          .min(0)
          .max(3650)
          .optional()
          .describe(
            "Days after an advisory source's own date on which it still counts as current. Default: 7. Stricter: less.",
          ),
      })
      .optional(),
    exceptions: z.array(exception).max(bounds.policyExceptions).optional(),
  })
  .describe("Bulkhead's policy file.");

export type PolicyFile = z.infer<typeof policySchema>;

/** Lets the rules over several keys speak beside what is wrong with single ones. */
function isMapping({ value }: { readonly value: unknown }): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
