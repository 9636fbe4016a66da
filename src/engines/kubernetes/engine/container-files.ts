/** Files of podman (containers-registries.conf(5), containers-policy.json(5)) that say whom it believes. */
import { append } from "../../../core/append.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { isObject } from "../../../core/untyped.ts";
import { tomlTable, tomlTables, tomlText, tomlTexts } from "../../../formats/toml/fields.ts";
import { type TomlTable, tomlSections } from "../../../formats/toml/read.ts";
import { bounds } from "../bounds.ts";
import { isOwnMachine } from "./info.ts";
import type { EngineConfiguration, InsecureRegistry } from "./model.ts";

/**
 * Registries, and mirrors of such, with `insecure = true`; `[registries.insecure]` of version 1 too.
 *
 * @throws SyntaxError where the text is no TOML
 */
export function insecureInRegistries(text: string, from: string): readonly InsecureRegistry[] {
  const names: string[] = [];
  const refuse = ({ line, column }: { line: number; column: number }, cause: string) =>
    new SyntaxError(`${line}:${column}: ${cause}`);
  for (const { name, table } of tomlSections(text, refuse)) {
    if (name === "registry") append(names, insecureIn(table));
    if (name === "registries") append(names, tomlTexts(tomlTable(table.get("insecure"))?.get("registries")));
    // Written as one list of inline tables.
    if (name === "") append(names, tomlTables(table.get("registry")).flatMap(insecureIn));
  }
  return names
    .slice(0, bounds.engineEntries)
    .filter((name) => !isOwnMachine(name))
    .map((name) => ({ name, from }));
}

/** Its place, or the names that it stands for. */
function insecureIn(table: TomlTable): string[] {
  return [table, ...tomlTables(table.get("mirror"))]
    .filter((each) => each.get("insecure") === true)
    .map((each) => tomlText(each.get("location")) ?? tomlText(each.get("prefix")) ?? "a registry without a location");
}

/**
 * Whether what no transport or scope says more of must be signed, or is refused.
 *
 * @throws SyntaxError where the text is no JSON, or states no default
 */
export function trustInPolicy(text: string, from: string): NonNullable<EngineConfiguration["contentTrust"]> {
  const policy: unknown = parseJson(text);
  if (!isObject(policy) || !Array.isArray(policy.default)) throw new SyntaxError("states no default");
  const types = policy.default.map((requirement) => (isObject(requirement) ? requirement.type : undefined));
  // All of them must hold.
  return {
    enforced: types.some((type) => type === "reject" || type === "signedBy" || type === "sigstoreSigned"),
    from,
  };
}
