/** docs/reference/policy.md: every key of a policy file, from the settings of the layers and the schema. */
import { type JsonSchema, policyJsonSchema } from "../../src/collect/policy/json-schema.ts";
import {
  lockableKeys,
  type SettingKey,
  settingKeys,
  settingOf,
  shownValue,
} from "../../src/collect/policy/settings.ts";
import { allowedBy, mappingOf } from "../../src/collect/policy/validate.ts";
import { code, page, plain, row, table } from "./markdown.ts";

/** The end of a setting's description: its default in words, and which way is stricter. */
const ENDING = /\s*Default: ([\s\S]*?)\.\s+Stricter: ([\s\S]*)\.$/;

export function policyPage(): string {
  const schema = policyJsonSchema();
  const top = Object.entries(schema.properties ?? {});
  return page("Policy keys", [
    "Keys of `bulkhead.yaml`; `bulkhead explain KEY` prints one. [The policy file](../policy.md) says how files extend, lock and tighten one another, and [the JSON Schema](../schemas/bulkhead-policy-v1.json) is for editors.",
    "## Settings",
    "*Stricter* is the only direction in which the scanned directory's own file counts under `--policy`, and in which a file may change what another has locked.",
    table(
      ["key", "says", "allowed", "default", "stricter"],
      settingKeys.map((key) => settingRow(key, schema)),
    ),
    "## The file itself",
    table(
      ["key", "says", "allowed"],
      top
        .filter(([key]) => !settingKeys.some((known) => known === key || known.startsWith(`${key}.`)))
        .map(([key, own]) => row(code(key), plain(saysOf(own)), plain(formOf(own)))),
    ),
    `\`locked\` takes: ${lockableKeys.map(code).join(", ")}.`,
    ...top.flatMap(([key, own]) => entriesOf(key, own)),
  ]);
}

/** What is in lists and in mappings by name, wherever in the schema. */
function entriesOf(key: string, schema: JsonSchema): (string | string[])[] {
  const entry = mappingOf(schema.items ?? schema.additionalProperties);
  const { properties = {} } = entry ?? {};
  // An environment's are the keys of the file again.
  const shown = Object.keys(properties).length > 0 && key !== "environments";
  const inner = shown ? properties : (schema.properties ?? {});
  return [
    ...(shown ? [`## An entry of ${code(key)}`, entryTable(properties)] : []),
    ...Object.entries(inner).flatMap(([name, own]) => entriesOf(`${key}.${name}`, own)),
    ...(shown ? Object.entries(properties).flatMap(([name, own]) => mappingWithin(`${key}.${name}`, own)) : []),
  ];
}

/** A mapping that is a value of an entry: no setting of its own says what is in it. */
function mappingWithin(key: string, { properties = {} }: JsonSchema): (string | string[])[] {
  return Object.keys(properties).length === 0 ? [] : [`## ${code(key)}`, entryTable(properties)];
}

function settingRow(key: SettingKey, schema: JsonSchema): string {
  const setting = settingOf(key);
  const [, inWords, stricter] = ENDING.exec(setting.description) ?? [];
  if (inWords === undefined || stricter === undefined) {
    throw new Error(`${key}: its description must end with "Default: …. Stricter: …."`);
  }
  const { initial } = setting;
  const exact = typeof initial === "string" || typeof initial === "number" || typeof initial === "boolean";
  return row(
    code(key),
    plain(setting.description.replace(ENDING, "")),
    plain(formOf(within(schema, key.split(".")))),
    exact ? `${code(shownValue(key, initial as never))}${inWords.replace(String(initial), "")}` : plain(inWords),
    plain(stricter),
  );
}

function within(schema: JsonSchema | undefined, path: readonly string[]): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((here, name) => here?.properties?.[name], schema);
}

function saysOf(schema: JsonSchema): string {
  return schema.description ?? schema.items?.description ?? "";
}

/** Of a list of words which words. */
function formOf(schema: JsonSchema | undefined): string {
  const { enum: words } = schema?.items ?? {};
  const list = allowedBy(schema) ?? "";
  return words === undefined || words.length > 10 ? list : `list of ${words.join(", ")}`;
}

function entryTable(properties: Readonly<Record<string, JsonSchema>>): string[] {
  const rows = Object.entries(properties).map(([key, own]) => row(code(key), plain(saysOf(own)), plain(formOf(own))));
  return table(["key", "says", "allowed"], rows);
}
