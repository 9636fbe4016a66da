/** What a key of the policy says. */
import { type JsonSchema, policyJsonSchema } from "../collect/policy/json-schema.ts";
import { settingKeys, settingOf, shownValue } from "../collect/policy/settings.ts";
import { allowedBy, mappingOf, subschema } from "../collect/policy/validate.ts";
import { categoryKeys } from "../core/category.ts";
import { wrap } from "../report/width.ts";

const COLUMNS = 88;

/** Groups too: `licenses`, `licenses.deny`. */
export function policyKeys(): string[] {
  return keysIn(policyJsonSchema(), "");
}

function keysIn(schema: JsonSchema | undefined, before: string): string[] {
  return Object.entries(mappingOf(schema)?.properties ?? {}).flatMap(([name, own]) => {
    const key = before === "" ? name : `${before}.${name}`;
    return [key, ...keysIn(own, key)];
  });
}

/** @param written - as the file nests it, also with a category in the singular; undefined where it is no key */
export function explainKey(written: string): string | undefined {
  const path = written.split(".").map((part) => (categoryKeys as Readonly<Record<string, string>>)[part] ?? part);
  const key = path.join(".");
  const schema = policyJsonSchema();
  if (!keysIn(schema, "").includes(key)) return undefined;
  const own = subschema(schema, path);
  const setting = settingKeys.find((known) => known === key);
  const groups = path
    .slice(0, -1)
    .flatMap((_, index) => subschema(schema, path.slice(0, index + 1))?.description ?? []);
  const within = Object.keys(mappingOf(own)?.properties ?? {});
  const entry = Object.keys(own?.items?.properties ?? {});
  const initial = setting === undefined ? undefined : settingOf(setting).initial;
  const facts = [
    ["allowed", within.length > 0 && own?.anyOf === undefined ? undefined : allowedBy(own)],
    ["default", setting === undefined || initial === undefined ? undefined : shownValue(setting, initial as never)],
    ["keys", within.length === 0 ? undefined : within.join(", ")],
    ["of an entry", entry.length === 0 ? undefined : entry.join(", ")],
    ["in", "bulkhead.yaml (docs/policy.md); `bulkhead init` writes every default"],
  ] as const;
  return `${[
    `${key} · policy key`,
    ...[...groups, own?.description ?? own?.items?.description ?? ""]
      .filter((text) => text !== "")
      .flatMap((text) => ["", ...wrap(text, COLUMNS - 2).map((line) => `  ${line}`)]),
    "",
    ...facts.flatMap(([name, text]) =>
      text === undefined
        ? []
        : wrap(text, COLUMNS - 14).map((line, index) => `  ${(index === 0 ? name : "").padEnd(12)}${line}`),
    ),
  ].join("\n")}\n`;
}
