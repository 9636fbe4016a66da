/**
 * The first stage: items of one rule file, each by itself (upstream's `rule_loader_reader.cpp`). Upstream stops at a file's
 * first error; here an item with an error is left out and named, so that what refers to it is not called wrong as well.
 */
import { append } from "../../../core/append.ts";
import { bounds } from "../bounds.ts";
import type {
  Definition,
  EngineRequirement,
  ListDefinition,
  MacroDefinition,
  PluginRequirement,
} from "./definitions.ts";
import { diagnosticIn, FILE, type ItemContext, RuleFault, warningIn } from "./diagnostics.ts";
import type { Diagnostic, RuleText } from "./model.ts";
import { APPEND_AND_OVERRIDE, APPEND_DEPRECATED, readOverride } from "./read-override.ts";
import { readRule } from "./read-rule.ts";
import { contextOf, invalid, optionalBoolean, scalarOf, textOf, textsOf, warnOfKeys } from "./read-values.ts";
import { lineIn, placeIn, type RuleFile, type RuleMapping, type RuleNode, readRuleYaml } from "./read-yaml.ts";
import { SourceText } from "./source-text.ts";

export interface ReadRules {
  readonly definitions: readonly Definition[];
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** `macro x`, `list y`, `rule z`: items that could not be read. */
  readonly broken: readonly string[];
}

/** Reads one file; never throws for what it holds. */
export function readRules(text: RuleText): ReadRules {
  const read = readRuleYaml(text);
  const { file } = read;
  if ("problem" in read) {
    const { message, at } = read.problem;
    const context = fileContext(file, at);
    return {
      definitions: [],
      errors: [diagnosticIn(context, "error", "LOAD_ERR_YAML_PARSE", message)],
      warnings: [],
      broken: [],
    };
  }
  const reading = {
    definitions: [] as Definition[],
    errors: [] as Diagnostic[],
    warnings: [] as Diagnostic[],
    broken: [] as string[],
  };
  for (const document of read.documents) {
    if (document.kind === "null") continue;
    const context = fileContext(file, document.at);
    const faulty = documentFault(document, context);
    if (faulty !== undefined) {
      reading.errors.push(faulty.diagnostic);
      continue;
    }
    if (document.kind !== "sequence") continue;
    for (const item of document.items) if (item.kind !== "null") readItem(item, context, reading);
  }
  return reading;
}

function documentFault(document: RuleNode, context: ItemContext): RuleFault | undefined {
  if (document.kind === "scalar") return invalid(context, "Rules content is not yaml");
  if (document.kind === "mapping") return invalid(context, "Rules content is not yaml array of objects");
  if (document.kind === "sequence" && document.items.length > bounds.ruleItems)
    return invalid(context, `Rules content has more than ${bounds.ruleItems} items`);
  return undefined;
}

function fileContext(file: RuleFile, at: number): ItemContext {
  return { kind: FILE, name: "", place: placeIn(file, at), source: lineIn(file, at) };
}

interface Reading {
  readonly definitions: Definition[];
  readonly errors: Diagnostic[];
  readonly warnings: Diagnostic[];
  readonly broken: string[];
}

const ITEM_KEYS = ["list", "macro", "rule"];

function readItem(item: RuleNode, file: ItemContext, reading: Reading): void {
  try {
    if (item.kind !== "mapping")
      throw invalid(
        contextOf(item, "rules content item", "", file),
        "Unexpected element type. Each element should be a yaml associative array.",
      );
    append(reading.definitions, definitionsOf(item, file, reading.warnings));
  } catch (error) {
    if (!(error instanceof RuleFault)) throw error;
    reading.errors.push(error.diagnostic);
    if (item.kind !== "mapping") return;
    for (const key of ITEM_KEYS) {
      const name = item.entries.get(key);
      if (name?.kind === "scalar") reading.broken.push(`${key} ${name.text}`);
    }
  }
}

function definitionsOf(item: RuleMapping, file: ItemContext, warnings: Diagnostic[]): Definition[] {
  const { entries } = item;
  if (entries.has("required_engine_version")) return [readEngine(item, file, warnings)];
  if (entries.has("required_plugin_versions")) return readPlugins(item, file, warnings);
  if (entries.has("list")) return [readList(item, file, warnings)];
  if (entries.has("macro")) return [readMacro(item, file, warnings)];
  if (entries.has("rule")) return readRule(item, file, warnings);
  warnings.push(
    warningIn(contextOf(item, "rules content item", "", file), "LOAD_UNKNOWN_ITEM", "Unknown top level item"),
  );
  return [];
}

function readEngine(item: RuleMapping, file: ItemContext, warnings: Diagnostic[]): EngineRequirement {
  const context = contextOf(item, "required_engine_version", "", file);
  const version = textOf(item, "required_engine_version", context);
  if (!/^[0-9]{1,9}$/.test(version) && !isVersion(version))
    throw invalid(context, "Can't decode YAML scalar value", `write a version as in 0.57.0, not ${version}`);
  warnOfKeys(item, new Set(["required_engine_version"]), context, warnings);
  return { kind: "engine", version, context };
}

/** Three numbers with dots, and what semantic versions may have behind. */
export function isVersion(text: string): boolean {
  return /^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(?:[-+][0-9A-Za-z.+-]*)?$/.test(text);
}

function readPlugins(item: RuleMapping, file: ItemContext, warnings: Diagnostic[]): PluginRequirement[] {
  const node = item.entries.get("required_plugin_versions") as RuleNode;
  const context = contextOf(node, "required plugin versions", "", file);
  if (node.kind !== "sequence") throw invalid(context, "Value of required_plugin_versions must be a sequence");
  warnOfKeys(item, new Set(["required_plugin_versions"]), context, warnings);
  return node.items.map((plugin) => {
    const unnamed = contextOf(plugin, "required plugin versions entry", "", context);
    if (plugin.kind !== "mapping") throw invalid(unnamed, "Plugin version must be a mapping");
    const name = textOf(plugin, "name", unnamed);
    const inside = contextOf(plugin, "required plugin versions entry", name, context);
    const alternatives = [{ name, version: pluginVersion(plugin, name, inside) }];
    const others = plugin.entries.get("alternatives");
    if (others !== undefined && others.kind !== "sequence")
      throw invalid(inside, "Value of plugin version alternatives must be a sequence");
    for (const other of others?.items ?? []) {
      const entry = contextOf(other, "required plugin versions alternative", "", inside);
      if (other.kind !== "mapping") throw invalid(entry, "Plugin version alternative must be a mapping");
      const named = textOf(other, "name", entry);
      if (alternatives.some((alternative) => alternative.name === named))
        throw invalid(entry, `Defined multiple alternative version requirements for plugin '${named}'`);
      alternatives.push({ name: named, version: pluginVersion(other, named, entry) });
    }
    return { kind: "plugins", alternatives, context: inside };
  });
}

function pluginVersion(plugin: RuleMapping, name: string, context: ItemContext): string {
  const version = textOf(plugin, "version", context);
  if (!isVersion(version)) throw invalid(context, `Invalid required version '${version}' for plugin '${name}'`);
  return version;
}

const LIST_NAME = /^[^()"'\s=,]+$/;
const MACRO_NAME = /^[a-zA-Z][a-zA-Z0-9_]*$/;
const LIST_KEYS = new Set(["list", "items", "append", "override"]);
const MACRO_KEYS = new Set(["macro", "condition", "append", "override"]);

function readList(item: RuleMapping, file: ItemContext, warnings: Diagnostic[]): ListDefinition {
  const name = textOf(item, "list", contextOf(item, "list", "", file));
  const context = contextOf(item, "list", name, file);
  if (!LIST_NAME.test(name))
    warnings.push(
      warningIn(
        context,
        "LOAD_INVALID_LIST_NAME",
        "List has an invalid name",
        "no condition can name it: no blanks, quotes, commas, parentheses or =",
      ),
    );
  const items = textsOf(item, "items", context);
  if (items === undefined) throw invalid(context, "Item has no mapping for key 'items'");
  const { append, overrides } = readAppending(item, "items", context, warnings);
  warnOfKeys(item, LIST_KEYS, context, warnings);
  return { kind: "list", name, items, append, overrides, context };
}

function readMacro(item: RuleMapping, file: ItemContext, warnings: Diagnostic[]): MacroDefinition {
  const name = textOf(item, "macro", contextOf(item, "macro", "", file));
  const context = contextOf(item, "macro", name, file);
  if (!MACRO_NAME.test(name))
    warnings.push(
      warningIn(
        context,
        "LOAD_INVALID_MACRO_NAME",
        "Macro has an invalid name",
        "no condition can name it: letters, digits and _ alone, a letter first",
      ),
    );
  const condition = scalarOf(item, "condition", context);
  const { append, overrides } = readAppending(item, "condition", context, warnings);
  warnOfKeys(item, MACRO_KEYS, context, warnings);
  return {
    kind: "macro",
    name,
    condition: SourceText.of(condition),
    append,
    overrides,
    context,
    conditionContext: contextOf(condition, "macro condition", "", context),
  };
}

/** Whether it is added to an earlier one, by `override` or by `append` as of old. */
function readAppending(
  item: RuleMapping,
  key: string,
  context: ItemContext,
  warnings: Diagnostic[],
): { readonly append: boolean; readonly overrides: boolean } {
  const append = optionalBoolean(item, "append", context) === true;
  if (append) warnings.push(warningIn(context, "LOAD_DEPRECATED_ITEM", APPEND_DEPRECATED));
  const override = readOverride(item, new Set([key]), new Set([key]), context);
  const overrides = override.append.size + override.replace.size > 0;
  if (append && overrides) throw invalid(context, APPEND_AND_OVERRIDE);
  return { append: append || override.append.has(key), overrides };
}
