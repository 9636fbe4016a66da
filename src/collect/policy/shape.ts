/**
 * What may be written in `bulkhead.yaml`, as data: a file is read by it (conforming.ts), and the published schema is made of it
 * (schema.ts). Every key has one stricter direction, which its description states and tighten.ts keeps.
 */
import { categoryKeys } from "../../core/category.ts";
import { actions } from "../../core/enforcement.ts";
import { type Justification, justifications } from "../../core/exception.ts";
import type { FieldsRule, Form, RowField, TextForm } from "../../core/setting.ts";
import { bounds } from "./bounds.ts";
import type { PolicyDocument } from "./document.ts";
import { type LockableKey, lockableKeys, type SettingKey, settingKeys, settingOf } from "./settings.ts";

export type Shape =
  | { readonly kind: "flag" | "date" }
  | { readonly kind: "number"; readonly from: number; readonly to: number }
  | { readonly kind: "choice"; readonly of: readonly string[] }
  /** One text and no other. */
  | { readonly kind: "exact"; readonly text: string }
  | TextShape
  | { readonly kind: "list"; readonly of: Shape; readonly from?: number; readonly to?: number }
  | {
      readonly kind: "named";
      /** The names: no part of the schema, for editors would be told of them as of values. */
      readonly name: TextShape;
      readonly of: Shape;
      readonly rules: readonly ShapeRule[];
    }
  | MappingShape
  /** At most one of them is a mapping. */
  | { readonly kind: "any"; readonly of: readonly Shape[] };

/** Without white space around it. */
export interface TextShape {
  readonly kind: "text";
  readonly length: number;
  readonly each?: TextForm;
}

export interface MappingShape {
  readonly kind: "mapping";
  readonly description?: string;
  readonly fields: Readonly<Record<string, ShapeField>>;
  readonly rules?: readonly ShapeRule[];
}

export interface ShapeField {
  readonly shape: Shape;
  readonly description?: string;
  /** Absent: it may be left out. */
  readonly required?: true;
}

export interface ShapeRule extends FieldsRule {
  /** It is told only where nothing else is wrong with the mapping. */
  readonly last?: true;
}

/** A file that keeps to {@link policyShape}. What it states of the settings is read by their keys (stated.ts). */
export interface PolicyFile {
  readonly apiVersion: "bulkhead/v1";
  readonly extends?: string | undefined;
  readonly locked?: readonly LockableKey[] | undefined;
  readonly environments?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  readonly unknown?: readonly WrittenUnknown[] | undefined;
  readonly exceptions?: readonly WrittenException[] | undefined;
  readonly [group: string]: unknown;
}

/** What keeps to the shape, and where its values stand. */
export interface ParsedPolicy {
  readonly file: PolicyFile;
  readonly document: PolicyDocument;
}

interface WrittenUnknown {
  readonly code: string;
  readonly check?: string | undefined;
  readonly asset?: string | undefined;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
}

interface WrittenException {
  readonly id?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly package?: string | undefined;
  readonly path?: string | undefined;
  readonly asset?: string | undefined;
  readonly justification?: Justification | undefined;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
}

const text: TextShape = { kind: "text", length: bounds.policyTextLength };
const pattern: TextShape = { kind: "text", length: bounds.policyPatternLength };
const entry: TextShape = { kind: "text", length: bounds.policyEntryLength };
const date: Shape = { kind: "date" };

const exception: Shape = {
  kind: "mapping",
  description: "Accepts findings that match all of its fields, until it expires. Any exception is looser.",
  fields: {
    id: { shape: text, description: "Advisory or check id, any case: CVE-2021-44906, policy/expired-exception." },
    ids: {
      shape: { kind: "list", of: text, from: 1 },
      description: "Several ids; any of them. Not together with id.",
    },
    package: { shape: text, description: "Package name, exact." },
    path: {
      shape: pattern,
      description:
        "Path in the image or the scanned directory: * within a directory, ** across directories, ? for one character.",
    },
    asset: {
      shape: pattern,
      description: "Name of the image or file, or its repository without the tag; patterns as in path.",
    },
    justification: {
      shape: { kind: "choice", of: justifications },
      description:
        "VEX justification, for `bulkhead vex`: with it the exception is written as not_affected, without it as affected and accepted.",
    },
    reason: { shape: text, required: true, description: "Why the finding is accepted." },
    owner: { shape: text, required: true, description: "Owner of the exception." },
    expires: {
      shape: date,
      required: true,
      description: "Last day of the exception, UTC: 2025-12-31. Afterwards the exception is a finding.",
    },
  },
  rules: [
    {
      fault: "empty exception",
      allowed: "at least one of id, ids, package, path, asset",
      holds: ({ id, ids, package: name, path, asset }) =>
        [id, ids, name, path, asset].some((stated) => stated !== undefined),
    },
    {
      fault: "has both id and ids",
      allowed: "one of the two",
      holds: ({ id, ids }) => id === undefined || ids === undefined,
    },
  ],
};

const unknownEntry: Shape = {
  kind: "mapping",
  description: "Accepts unknowns: verdicts stay unknown, and the exit code ignores them.",
  fields: {
    code: { shape: text, required: true, description: "Exact gap code, as in JSON reports: advisories.no-coverage." },
    check: { shape: pattern, description: "Check id, or a pattern over them: image/*. Default: any." },
    asset: { shape: pattern, description: "As an exception's. Default: any." },
    reason: { shape: text, required: true, description: "Reason for accepting the unknown." },
    owner: { shape: text, required: true, description: "Owner of the exception." },
    expires: {
      shape: date,
      required: true,
      description: "Last day of the acceptance, UTC. Afterwards the exit code counts the unknown again.",
    },
  },
};

const action: Shape = { kind: "choice", of: actions };

const enforcement: Shape = {
  kind: "any",
  of: [
    action,
    {
      kind: "mapping",
      fields: {
        default: { shape: action, description: "For everything else. Default: deny." },
        categories: {
          shape: {
            kind: "mapping",
            fields: Object.fromEntries(Object.values(categoryKeys).map((key) => [key, { shape: action }])),
          },
          description: "By category.",
        },
        checks: {
          shape: { kind: "named", name: pattern, of: action, rules: [atMost("has too many checks")] },
          description: "By check id or a pattern over them: image/*. The strictest match applies.",
        },
      },
    },
  ],
};

function atMost(fault: string): ShapeRule {
  return {
    fault,
    allowed: `at most ${bounds.policyListEntries}`,
    holds: (named) => Object.keys(named).length <= bounds.policyListEntries,
    last: true,
  };
}

function textOf(each: TextForm): TextShape {
  return { ...entry, each };
}

function listOf(of: Shape, from?: number, to: number = bounds.policyListEntries): Shape {
  return { kind: "list", of, ...(from === undefined ? {} : { from }), to };
}

function rowOf(fields: Readonly<Record<string, RowField>>): Shape {
  const shaped = Object.entries(fields).map(([name, { kind, each, description }]): [string, ShapeField] => {
    const shape = kind === "text" ? textOf(each) : listOf(textOf(each), 1);
    return [name, { shape, description, required: true }];
  });
  return { kind: "mapping", fields: Object.fromEntries(shaped) };
}

function shapeOf(form: Form): Shape {
  switch (form.kind) {
    case "flag":
    case "number":
    case "choice":
      return form;
    case "choices":
      return listOf({ kind: "choice", of: form.of }, 1, form.of.length);
    case "texts":
      return listOf(form.each === undefined ? entry : textOf(form.each));
    case "text":
      return form.each === undefined ? text : textOf(form.each);
    case "rows":
      return listOf(rowOf(form.fields));
    case "enforcement":
      return enforcement;
    case "list":
      return listOf(shapeOf(form.of), form.atLeast ?? 0);
    case "named":
      return namedOf(form.name, shapeOf(form.of));
    case "mapping": {
      const fields = Object.entries(form.fields).map(([name, { form, ...field }]): [string, ShapeField] => [
        name,
        { ...field, shape: shapeOf(form) },
      ]);
      return { ...form, fields: Object.fromEntries(fields) };
    }
    case "any":
      return { kind: "any", of: form.of.map(shapeOf) };
  }
}

function namedOf({ says, is }: TextForm, of: Shape): Shape {
  const names = {
    fault: "has a name of another form",
    allowed: says,
    holds: (named: object) => Object.keys(named).every(is),
  };
  return { kind: "named", name: text, of, rules: [atMost("has too many entries"), names] };
}

/** The settings as the file nests them: `licenses.deny` is `deny` within `licenses`. */
function nested(keys: readonly SettingKey[], depth = 0): Record<string, ShapeField> {
  const groups = Map.groupBy(keys, (key) => key.split(".")[depth] ?? "");
  return Object.fromEntries(
    Array.from(groups, ([name, own]) => {
      const [key] = own;
      const whole = key !== undefined && key.split(".").length === depth + 1;
      return [name, whole ? fieldOf(key) : groupOf(own, depth)];
    }),
  );
}

function fieldOf(key: SettingKey): ShapeField {
  const { form, description } = settingOf(key);
  return { shape: shapeOf(form), description };
}

function groupOf(keys: readonly SettingKey[], depth: number): ShapeField {
  const shape: Shape = { kind: "mapping", fields: nested(keys, depth + 1) };
  const description =
    depth > 0 ? undefined : keys.map((key) => settingOf(key).group).find((said) => said !== undefined);
  return { shape, ...(description === undefined ? {} : { description }) };
}

const settings = nested(settingKeys);
// What is about exceptions stands beside them.
const { exceptionLimits, ...beforeExceptions } = settings;

export const policyShape: MappingShape = {
  kind: "mapping",
  description: "Bulkhead policy file.",
  fields: {
    apiVersion: {
      shape: { kind: "exact", text: "bulkhead/v1" },
      required: true,
      description: "Version of the policy format.",
    },
    extends: {
      shape: text,
      description:
        "Policy file to extend, whose values apply where this one sets none: a path relative to this file (../org/bulkhead.yaml); git:REF:PATH only in a trusted file.",
    },
    locked: {
      shape: listOf({ kind: "choice", of: lockableKeys }, undefined, lockableKeys.length),
      description:
        "Keys that files extending this one cannot loosen: thresholds, licenses.deny, exceptions. Default: none. Stricter: more.",
    },
    ...beforeExceptions,
    environments: {
      shape: {
        kind: "named",
        name: text,
        of: { kind: "mapping", fields: settings },
        rules: [atMost("are too many")],
      },
      description:
        "Values of an environment (--environment NAME), which override those outside of it: any key but exceptions.",
    },
    unknown: {
      shape: listOf(unknownEntry, undefined, bounds.policyExceptions),
      description: "Unknowns that the exit code ignores, each until a date. Any entry is looser.",
    },
    ...(exceptionLimits === undefined ? {} : { exceptionLimits }),
    exceptions: { shape: listOf(exception, undefined, bounds.policyExceptions) },
  },
};
