/** The second stage: what all files' items come to by name (upstream's `rule_loader_collector.cpp`). */
import { type EventSource, eventSources, type Priority } from "../model.ts";
import type { Definition, EngineRequirement, PluginRequirement, RuleDefinition, RuleUpdate } from "./definitions.ts";
import { errorIn, type ItemContext, warningIn } from "./diagnostics.ts";
import { checkException, type RuleException } from "./exceptions.ts";
import type { KnownList } from "./lists.ts";
import type { Diagnostic, RuleExtension } from "./model.ts";
import type { SourceText } from "./source-text.ts";
import { checkEngine, unmetPlugins } from "./versions.ts";

export interface KnownMacro {
  readonly name: string;
  readonly condition: SourceText;
  readonly index: number;
  readonly visibility: number;
  readonly context: ItemContext;
  readonly conditionContext: ItemContext;
}

export interface KnownRule {
  readonly name: string;
  /** Undefined: a source that is not known here; the rule is left out. */
  readonly source: EventSource | undefined;
  readonly sourceName: string;
  readonly condition: SourceText;
  readonly output: SourceText;
  readonly description: string;
  readonly priority: Priority;
  readonly tags: readonly string[];
  readonly exceptions: readonly RuleException[];
  readonly enabled: boolean;
  readonly warnEventTypes: boolean;
  readonly skipIfUnknownFilter: boolean;
  readonly capture: boolean;
  readonly captureSeconds: number;
  readonly extension?: RuleExtension;
  readonly index: number;
  /** When something of it was last given. */
  readonly changed: number;
  readonly context: ItemContext;
}

export interface Collection {
  readonly lists: Map<string, KnownList & { readonly context: ItemContext }>;
  readonly macros: Map<string, KnownMacro>;
  readonly rules: Map<string, KnownRule>;
  /** Items that could not be read or put together: what names them is not called wrong. */
  readonly broken: Set<string>;
  engine: EngineRequirement | undefined;
  readonly plugins: PluginRequirement[];
  /** Files that need a plugin that nothing here stands for. */
  readonly without: Set<string>;
  next: number;
}

export function emptyCollection(): Collection {
  return {
    lists: new Map(),
    macros: new Map(),
    rules: new Map(),
    broken: new Set(),
    engine: undefined,
    plugins: [],
    without: new Set(),
    next: 0,
  };
}

export interface CollectOptions {
  /** Whether a source has a field or transformer of that text: exceptions are held to it. */
  readonly isField?: (text: string, source: EventSource) => boolean;
}

/** @throws RuleFault with LOAD_ERR_VALIDATE; the collection is then as it was */
export function collect(
  all: Collection,
  definition: Definition,
  options: CollectOptions,
  warnings: Diagnostic[],
): void {
  switch (definition.kind) {
    case "list": {
      const { name, context } = definition;
      const known = all.lists.get(name);
      if (definition.append && known === undefined) {
        if (all.broken.has(`list ${name}`)) return;
        throw invalid(
          context,
          `List ${nothingBefore(definition.overrides, "items")} but no list by that name already exists`,
        );
      }
      const items = definition.append ? [...(known?.items ?? []), ...definition.items] : definition.items;
      all.lists.set(name, {
        name,
        items,
        ...numbered(all, known),
        context: definition.append ? (known?.context ?? context) : context,
      });
      return;
    }
    case "macro": {
      const { name, context } = definition;
      const known = all.macros.get(name);
      if (definition.append && known === undefined) {
        if (all.broken.has(`macro ${name}`)) return;
        throw invalid(
          context,
          `Macro ${nothingBefore(definition.overrides, "condition")} but no macro by that name already exists`,
        );
      }
      const own = { name, condition: definition.condition, context, conditionContext: definition.conditionContext };
      const merged = definition.append && known ? { ...known, condition: known.condition.append(own.condition) } : own;
      all.macros.set(name, { ...merged, ...numbered(all, known) });
      return;
    }
    case "rule":
      collectRule(all, definition, options, warnings);
      return;
    case "update":
      updateRule(all, definition, options);
      return;
    case "enabling": {
      const rule = all.rules.get(definition.name);
      if (rule !== undefined) all.rules.set(rule.name, { ...rule, enabled: definition.enabled });
      else if (!all.broken.has(`rule ${definition.name}`))
        throw invalid(definition.context, "Rule has 'enabled' key but no rule by that name already exists");
      return;
    }
    case "engine":
      all.engine = checkEngine(definition, all.engine);
      return;
    case "plugins": {
      const unmet = unmetPlugins(definition);
      all.plugins.push(definition);
      if (unmet === undefined) return;
      all.without.add(definition.context.place.file);
      warnings.push(warningIn(definition.context, "LOAD_UNKNOWN_SOURCE", unmet, "rules of this file are left out"));
      return;
    }
  }
}

function invalid(context: ItemContext, message: string, remedy?: string) {
  return errorIn(context, "LOAD_ERR_VALIDATE", message, remedy);
}

function nothingBefore(overrides: boolean, key: string): string {
  return overrides ? `uses 'override.${key}: append'` : "has 'append' key";
}

/** Defined again, it keeps its place, and sees what is there by now. */
function numbered(all: Collection, known: { readonly index: number } | undefined) {
  const visibility = all.next++;
  return { index: known?.index ?? visibility, visibility };
}

function collectRule(
  all: Collection,
  definition: RuleDefinition,
  options: CollectOptions,
  warnings: Diagnostic[],
): void {
  const { name, context } = definition;
  const known = sameSource(all, name, definition.source, context);
  const source = eventSources.find((one) => one === definition.source);
  if (source === undefined)
    warnings.push(warningIn(context, "LOAD_UNKNOWN_SOURCE", `Unknown source ${definition.source}, skipping`));
  const exceptions = definition.exceptions.map((exception) => checkException(exception, fieldCheck(source, options)));
  const { kind: _, source: sourceName, ...parts } = definition;
  const { index, visibility: changed } = numbered(all, known);
  all.rules.set(name, { ...parts, source, sourceName, exceptions, index, changed });
}

function fieldCheck(source: EventSource | undefined, { isField }: CollectOptions) {
  return source === undefined || isField === undefined ? undefined : (text: string) => isField(text, source);
}

function sameSource(all: Collection, name: string, source: string, context: ItemContext): KnownRule | undefined {
  const known = all.rules.get(name);
  if (known !== undefined && source !== "" && known.sourceName !== source)
    throw invalid(context, "Rule has been re-defined with a different source");
  return known;
}

function updateRule(all: Collection, update: RuleUpdate, options: CollectOptions): void {
  const { name, context, parts, operation } = update;
  const known = sameSource(all, name, update.source, context);
  if (known === undefined) {
    if (all.broken.has(`rule ${name}`)) return;
    throw invalid(context, nothingToUpdate(update));
  }
  if (Object.keys(parts).length === 0)
    throw invalid(context, "Appended rule must have exceptions or condition property");
  const changed = all.next++;
  const isField = fieldCheck(known.source, options);
  if (operation === "replace") {
    const { exceptions, ...others } = parts;
    const replaced = exceptions?.map((exception) => checkException(exception, isField));
    all.rules.set(name, { ...known, changed, ...others, ...(replaced && { exceptions: replaced }) });
    return;
  }
  all.rules.set(name, {
    ...known,
    changed,
    ...(parts.condition && { condition: known.condition.append(parts.condition) }),
    ...(parts.output && { output: known.output.append(parts.output) }),
    ...(parts.description && { description: `${known.description} ${parts.description}` }),
    ...(parts.tags && { tags: [...new Set([...known.tags, ...parts.tags])] }),
    ...(parts.exceptions && { exceptions: appended(known.exceptions, parts.exceptions, isField) }),
  });
}

function nothingToUpdate({ deprecated, operation }: RuleUpdate): string {
  if (operation === "replace")
    return "An 'override.<key>: replace' to a rule was requested but no rule by that name already exists";
  return `Rule ${deprecated ? "has 'append' key" : "uses 'override.<key>: append'"} but no rule by that name already exists`;
}

/** Values to exceptions that are there by name, and new exceptions whole. */
function appended(
  known: readonly RuleException[],
  added: RuleDefinition["exceptions"],
  isField: ((text: string) => boolean) | undefined,
): RuleException[] {
  const exceptions = [...known];
  for (const exception of added) {
    const at = exceptions.findIndex((one) => one.name === exception.name);
    const before = exceptions[at];
    if (before === undefined) {
      if (exception.fields === undefined)
        throw invalid(exception.context, "Rule exception must have fields property with a list of fields");
      if (exception.values.length === 0)
        throw invalid(exception.context, "Rule exception must have values property with a list of values");
      exceptions.push(checkException(exception, isField));
      continue;
    }
    if (exception.fields !== undefined)
      throw invalid(exception.context, "Can not append exception fields to existing exception, only values");
    if (exception.comparisons !== undefined)
      throw invalid(exception.context, "Can not append exception comps to existing exception, only values");
    exceptions[at] = { ...before, values: [...before.values, ...exception.values] };
  }
  return exceptions;
}
