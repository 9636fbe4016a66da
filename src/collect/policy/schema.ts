import { z } from "zod";
import { justifications } from "../../core/exception.ts";
import { baseKinds, unknownLicenses } from "../../core/policy.ts";
import { severities } from "../../core/severity.ts";
import { bounds } from "./bounds.ts";
import { lockableKeys } from "./settings.ts";

/**
 * The form of `bulkhead.yaml`. Every key has one stricter direction, which its description states and tighten.ts keeps.
 * The descriptions end up in the published JSON Schema, where editors show them.
 */
const severity = z.enum(severities);
const text = z.string().trim().min(1).max(bounds.policyTextLength);
const pattern = z.string().trim().min(1).max(bounds.policyPatternLength);

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
    path: pattern
      .optional()
      .describe("Path in the image or the tree: * within a folder, ** across folders, ? for one character."),
    asset: pattern
      .optional()
      .describe("Name of the image or file, or its repository without the tag; patterns as in path."),
    justification: z
      .enum(justifications)
      .optional()
      .describe(
        "Why the vulnerability does no harm there, for `bulkhead vex`: with it the exception is written as not_affected, without as affected and accepted.",
      ),
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

const texts = z.array(z.string().trim().min(1).max(bounds.policyEntryLength)).max(bounds.policyListEntries);
const days = z.int().min(0).max(3650);

const licenses = z.strictObject({
  allow: texts
    .optional()
    .describe(
      "The only licences that packages may have: SPDX ids, or patterns such as BSD-*. Default: none listed, which allows all that deny does not name. Stricter: a list where there was none, or fewer entries.",
    ),
  deny: texts
    .optional()
    .describe(
      "Licences that no package may have, whatever allow says: AGPL-3.0-only, GPL-*. Default: none. Stricter: more.",
    ),
  unknown: z
    .enum(unknownLicenses)
    .optional()
    .describe(
      "Packages whose licence is stated nowhere or is none that SPDX lists. Default: allow. Stricter: report, then deny.",
    ),
});

const exceptionLimits = z.strictObject({
  maxDays: days
    .optional()
    .describe("How many days from today an exception may hold at most. Default: 365. Stricter: less."),
  maxFlaws: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe("How many different flaws one exception may accept in one run. Default: 20. Stricter: less."),
  broad: z
    .enum(["allow", "report"])
    .optional()
    .describe(
      "Whether an exception over these limits, or one that names no id, no package and no asset, is a finding. Default: report. Stricter: report.",
    ),
});

export const policySchema = z
  .strictObject({
    apiVersion: z.literal("bulkhead/v1").describe("The version of this file's form."),
    extends: text
      .optional()
      .describe(
        "Another policy file, whose values hold where this one states none: a path from this file (../org/bulkhead.yaml); git:REF:PATH in a file that the caller vouches for.",
      ),
    locked: z
      .array(z.enum(lockableKeys))
      .max(lockableKeys.length)
      .optional()
      .describe(
        "Keys that no file that extends this one may loosen: thresholds, licenses.deny, exceptions. Default: none. Stricter: more.",
      ),
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
    licenses: licenses.optional().describe("Which licences packages may have."),
    registries: texts
      .optional()
      .describe(
        "Where images may come from: registry.example.com, ghcr.io/acme/*. Default: none listed, which is anywhere. Stricter: a list where there was none, or fewer entries.",
      ),
    bases: z
      .strictObject({
        accept: z
          .array(z.enum(baseKinds))
          .min(1)
          .max(baseKinds.length)
          .optional()
          .describe("Kinds of base images that are accepted. Default: all but full. Stricter: fewer."),
      })
      .optional()
      .describe("What images may be built on."),
    rebuild: z
      .strictObject({
        maxAgeDays: days
          .optional()
          .describe("Days after which an image must have been built anew. Default: 7. Stricter: less."),
      })
      .optional(),
    secrets: z
      .strictObject({
        rules: texts
          .optional()
          .describe(
            "Further rules: files in gitleaks' form (TOML), relative to this file. Default: none. Stricter: more.",
          ),
      })
      .optional(),
    rotation: z
      .strictObject({
        secrets: z
          .strictObject({
            maxAgeDays: days
              .optional()
              .describe(
                "Days after which the data of a cluster's Secret must have changed. Default: none stated, and their age is not judged. Stricter: a number where there was none, or less.",
              ),
          })
          .optional(),
      })
      .optional()
      .describe("How often secrets must be replaced."),
    exceptionLimits: exceptionLimits.optional().describe("From where on an exception is too broad."),
    exceptions: z.array(exception).max(bounds.policyExceptions).optional(),
  })
  .describe("Bulkhead's policy file.");

export type PolicyFile = z.infer<typeof policySchema>;

/** Lets the rules over several keys speak beside what is wrong with single ones. */
function isMapping({ value }: { readonly value: unknown }): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
