import * as z from "zod";
import { categoryKeys } from "../../core/category.ts";
import { actions } from "../../core/enforcement.ts";
import { justifications } from "../../core/exception.ts";
import type { Form, RowField, Setting, TextForm } from "../../core/setting.ts";
import { isObject } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import { lockableKeys, type SettingKey, settingKeys, settingOf } from "./settings.ts";

/**
 * The form of `bulkhead.yaml`. Every key has one stricter direction, which its description states and tighten.ts keeps.
 * The descriptions end up in the published JSON Schema, where editors show them.
 */
const text = z.string().trim().min(1).max(bounds.policyTextLength);
const pattern = z.string().trim().min(1).max(bounds.policyPatternLength);

const exception = z
  .strictObject({
    id: text.optional().describe("Advisory or check id, any case: CVE-2021-44906, policy/expired-exception."),
    ids: z.array(text).min(1).optional().describe("Several ids; any of them. Not together with id."),
    package: text.optional().describe("Package name, exact."),
    path: pattern
      .optional()
      .describe(
        "Path in the image or the scanned directory: * within a directory, ** across directories, ? for one character.",
      ),
    asset: pattern
      .optional()
      .describe("Name of the image or file, or its repository without the tag; patterns as in path."),
    justification: z
      .enum(justifications)
      .optional()
      .describe(
        "VEX justification, for `bulkhead vex`: with it the exception is written as not_affected, without it as affected and accepted.",
      ),
    reason: text.describe("Why the finding is accepted."),
    owner: text.describe("Owner of the exception."),
    expires: z.iso
      .date()
      .describe("Last day of the exception, UTC: 2025-12-31. Afterwards the exception is a finding."),
  })
  .refine(
    ({ id, ids, package: name, path, asset }) => [id, ids, name, path, asset].some((stated) => stated !== undefined),
    { error: "empty exception", params: { allowed: "at least one of id, ids, package, path, asset" }, when: isMapping },
  )
  .refine(({ id, ids }) => id === undefined || ids === undefined, {
    error: "has both id and ids",
    params: { allowed: "one of the two" },
    when: isMapping,
  })
  .describe("Accepts findings that match all of its fields, until it expires. Any exception is looser.");

const unknownEntry = z
  .strictObject({
    code: text.describe("Exact gap code, as in JSON reports: advisories.no-coverage."),
    check: pattern.optional().describe("Check id, or a pattern over them: image/*. Default: any."),
    asset: pattern.optional().describe("As an exception's. Default: any."),
    reason: text.describe("Reason for accepting the unknown."),
    owner: text.describe("Owner of the exception."),
    expires: z.iso
      .date()
      .describe("Last day of the acceptance, UTC. Afterwards the exit code counts the unknown again."),
  })
  .describe("Accepts unknowns: verdicts stay unknown, and the exit code ignores them.");

const texts = z.array(z.string().trim().min(1).max(bounds.policyEntryLength)).max(bounds.policyListEntries);
const action = z.enum(actions);

const enforcement = z.union([
  action,
  z.strictObject({
    default: action.optional().describe("For everything else. Default: deny."),
    categories: z
      .strictObject(Object.fromEntries(Object.values(categoryKeys).map((key) => [key, action.optional()])))
      .optional()
      .describe("By category."),
    checks: z
      .record(pattern, action)
      .refine((checks) => Object.keys(checks).length <= bounds.policyListEntries, {
        error: "has too many checks",
        params: { allowed: `at most ${bounds.policyListEntries}` },
      })
      .optional()
      .describe("By check id or a pattern over them: image/*. The strictest match applies."),
  }),
]);

function textOf({ says, is }: TextForm): z.ZodType {
  return z
    .string()
    .trim()
    .min(1)
    .max(bounds.policyEntryLength)
    .refine(is, { error: "has another form", params: { allowed: says } });
}

function rowOf(fields: Readonly<Record<string, RowField>>): z.ZodType {
  return z.strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([name, { kind, each, description }]) => {
        const one = textOf(each);
        const schema = kind === "text" ? one : z.array(one).min(1).max(bounds.policyListEntries);
        return [name, schema.describe(description)];
      }),
    ),
  );
}

function schemaOf({ form, description }: Setting<unknown>): z.ZodType {
  return formOf(form).optional().describe(description);
}

function formOf(form: Form): z.ZodType {
  switch (form.kind) {
    case "flag":
      return z.boolean();
    case "number":
      return z.int().min(form.from).max(form.to);
    case "choice":
      return z.enum(form.of);
    case "choices":
      return z.array(z.enum(form.of)).min(1).max(form.of.length);
    case "texts":
      return form.each === undefined ? texts : z.array(textOf(form.each)).max(bounds.policyListEntries);
    case "text":
      return form.each === undefined ? text : textOf(form.each);
    case "rows":
      return z.array(rowOf(form.fields)).max(bounds.policyListEntries);
    case "enforcement":
      return enforcement;
    case "list":
      return z
        .array(formOf(form.of))
        .min(form.atLeast ?? 0)
        .max(bounds.policyListEntries);
    case "named":
      return namedOf(form.name, formOf(form.of));
    case "mapping":
      return mappingOf(form);
    case "any":
      return z.union(form.of.map(formOf));
  }
}

/** The name is no part of the schema: editors would be told of it as of a value. */
function namedOf({ says, is }: TextForm, of: z.ZodType): z.ZodType {
  return z
    .record(text, of)
    .refine((named) => Object.keys(named).length <= bounds.policyListEntries, {
      error: "has too many entries",
      params: { allowed: `at most ${bounds.policyListEntries}` },
    })
    .refine((named) => Object.keys(named).every(is), {
      error: "has a name of another form",
      params: { allowed: says },
      when: isMapping,
    });
}

function mappingOf({ fields, rules = [] }: Form & { readonly kind: "mapping" }): z.ZodType {
  const whole = z.strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([name, { form, description, required }]) => {
        const schema = formOf(form);
        return [name, (required === true ? schema : schema.optional()).describe(description)];
      }),
    ),
  );
  return rules.reduce<z.ZodType>(
    (schema, { fault, allowed, holds }) =>
      schema.refine((written) => holds(written as Readonly<Record<string, unknown>>), {
        error: fault,
        params: { allowed },
        when: isMapping,
      }),
    whole,
  );
}

/** The settings as the file nests them: `licenses.deny` is `deny` within `licenses`. */
function nested(keys: readonly SettingKey[], depth = 0): Record<string, z.ZodType> {
  const groups = Map.groupBy(keys, (key) => key.split(".")[depth] ?? "");
  return Object.fromEntries(
    Array.from(groups, ([name, own]) => {
      const [key] = own;
      const whole = key !== undefined && key.split(".").length === depth + 1;
      return [name, whole ? schemaOf(settingOf(key) as Setting<unknown>) : groupOf(own, depth)];
    }),
  );
}

function groupOf(keys: readonly SettingKey[], depth: number): z.ZodType {
  const group = z.strictObject(nested(keys, depth + 1)).optional();
  const described = depth > 0 ? undefined : keys.map((key) => settingOf(key).group).find((text) => text !== undefined);
  return described === undefined ? group : group.describe(described);
}

const settingsShape = nested(settingKeys);
// What is about exceptions stands beside them.
const { exceptionLimits, ...beforeExceptions } = settingsShape;

export const policySchema = z
  .strictObject({
    apiVersion: z.literal("bulkhead/v1").describe("Version of the policy format."),
    extends: text
      .optional()
      .describe(
        "Policy file to extend, whose values apply where this one sets none: a path relative to this file (../org/bulkhead.yaml); git:REF:PATH only in a trusted file.",
      ),
    locked: z
      .array(z.enum(lockableKeys))
      .max(lockableKeys.length)
      .optional()
      .describe(
        "Keys that files extending this one cannot loosen: thresholds, licenses.deny, exceptions. Default: none. Stricter: more.",
      ),
    ...beforeExceptions,
    environments: z
      .record(text, z.strictObject(settingsShape))
      .refine((named) => Object.keys(named).length <= bounds.policyListEntries, {
        error: "are too many",
        params: { allowed: `at most ${bounds.policyListEntries}` },
      })
      .optional()
      .describe(
        "Values of an environment (--environment NAME), which override those outside of it: any key but exceptions.",
      ),
    unknown: z
      .array(unknownEntry)
      .max(bounds.policyExceptions)
      .optional()
      .describe("Unknowns that the exit code ignores, each until a date. Any entry is looser."),
    ...(exceptionLimits === undefined ? {} : { exceptionLimits }),
    exceptions: z.array(exception).max(bounds.policyExceptions).optional(),
  })
  .describe("Bulkhead policy file.");

/** What it states of the settings is read by their keys (stated.ts). */
export interface PolicyFile extends z.infer<typeof policySchema> {
  readonly [group: string]: unknown;
}

/** Lets the rules over several keys speak beside what is wrong with single ones. */
function isMapping({ value }: { readonly value: unknown }): boolean {
  return isObject(value);
}
