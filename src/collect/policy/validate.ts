import { nearest } from "../../core/nearest.ts";
import { valueAt } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import { type Key, type PolicyDocument, readDocument } from "./document.ts";
import { type JsonSchema, policyJsonSchema } from "./json-schema.ts";
import type { PolicyProblem } from "./policy-problem.ts";
import { policySchema } from "./schema.ts";
import type { ParsedPolicy, PolicyFile } from "./shape.ts";

/** Everything that is wrong in a policy file's text, in its order; empty where nothing is. `path` names the file. */
export function validatePolicy(text: string, path: string): readonly PolicyProblem[] {
  const parsed = parsePolicy(text, path);
  return "problems" in parsed ? parsed.problems : [];
}

export function parsePolicy(
  text: string,
  path: string,
): ParsedPolicy | { readonly problems: readonly PolicyProblem[] } {
  const document = readDocument(text, path);
  if ("problems" in document) return document;
  const result = policySchema.safeParse(document.value);
  if (result.success) return { file: result.data as PolicyFile, document };
  const schema = policyJsonSchema();
  const problems = result.error.issues
    .flatMap((issue) => problemsOf(issue as Issue, document, schema))
    .map((problem) => ({ path, ...problem }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  return { problems: problems.slice(0, bounds.policyProblems) };
}

/** What is used of zod's issues. */
interface Issue {
  readonly code: string;
  readonly path: readonly Key[];
  readonly message: string;
  /** Of `invalid_union`: what each of its forms says. */
  readonly errors?: readonly (readonly Issue[])[];
  /** Of `unrecognized_keys`. */
  readonly keys?: readonly string[];
  /** Of `custom`: what our own rules add. */
  readonly params?: { readonly allowed: string };
}

function problemsOf(issue: Issue, document: PolicyDocument, schema: JsonSchema): Omit<PolicyProblem, "path">[] {
  const { path } = issue;
  if (issue.code === "invalid_union") {
    // Of a mapping that which says something of what is in it.
    const within = issue.errors?.find((form) =>
      form.some(({ path: [first], code }) => first !== undefined || code === "unrecognized_keys"),
    );
    if (within !== undefined) {
      return within.flatMap((one) => problemsOf({ ...one, path: [...path, ...one.path] }, document, schema));
    }
  }
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => ({
      ...document.keyAt([...path, key]),
      cause: `unknown key ${keyName([...path, key])}`,
      ...allowed(withMeant(key, mappingOf(subschema(schema, path)))),
    }));
  }
  if (issue.code === "custom") {
    return [{ ...document.at(path), cause: `${keyName(path)} ${issue.message}`, ...allowed(issue.params?.allowed) }];
  }
  return [
    {
      ...document.at(path),
      cause: wrongValue(keyName(path), valueAt(document.value, path)),
      ...allowed(withMeant(valueAt(document.value, path), subschema(schema, path))),
    },
  ];
}

/** What is allowed, after the one of its words that is near to what was written. */
function withMeant(written: unknown, schema: JsonSchema | undefined): string | undefined {
  const all = allowedBy(schema);
  const forms = schema?.anyOf ?? (schema === undefined ? [] : [schema]);
  const words = forms.flatMap(({ enum: values, properties = {} }) => values?.map(String) ?? Object.keys(properties));
  const near = typeof written === "string" ? nearest(written, words) : undefined;
  return near === undefined ? all : `did you mean ${near}? ${all}`;
}

function wrongValue(name: string, value: unknown): string {
  if (value === undefined) return `${name} is missing`;
  if (value === null) return `${name} is empty`;
  return `${name}: ${shown(value)} is not allowed`;
}

function allowed(text: string | undefined): { allowed?: string } {
  return text === undefined ? {} : { allowed: text };
}

/** `exceptions[2].expires`. */
function keyName(path: readonly Key[]): string {
  const name = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  return name === "" ? "the file" : name.replace(/^\./, "");
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "a mapping";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

export function subschema(schema: JsonSchema, path: readonly Key[]): JsonSchema | undefined {
  let here: JsonSchema | undefined = schema;
  for (const key of path) {
    const whole = mappingOf(here);
    here = typeof key === "number" ? whole?.items : (whole?.properties?.[key] ?? whole?.additionalProperties);
  }
  return here;
}

/** Of what may be a mapping or something else, the mapping. */
export function mappingOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  return schema?.anyOf?.find(({ type }) => type === "object") ?? schema;
}

/** In one line: `true or false`, `critical, high or low`. */
export function allowedBy(schema: JsonSchema | undefined): string | undefined {
  if (schema === undefined) return undefined;
  if (schema.anyOf !== undefined) return schema.anyOf.map(allowedBy).join(", or ");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return inWords(schema.enum.map(String));
  if (schema.format === "date") return "a date such as 2025-12-31";
  switch (schema.type) {
    case "object":
      if (schema.properties === undefined) return "a mapping by name";
      return `a mapping of ${Object.keys(schema.properties).join(", ")}`;
    case "array":
      return `a list of ${schema.minItems ?? 0} to ${schema.maxItems ?? bounds.policyValues} entries`;
    case "integer":
      return `a whole number from ${schema.minimum} to ${schema.maximum}`;
    case "boolean":
      return "true or false";
    default:
      return `text of ${schema.minLength} to ${schema.maxLength} characters`;
  }
}

function inWords(values: readonly string[]): string {
  return values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
