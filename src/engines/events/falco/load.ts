/**
 * Rule files as rules: read, collected, put together. Each file has to stand with those before it, as upstream has it, which
 * loads one after the other. Pure: what fields there are is asked of a {@link RuleChecker}.
 */

import { append } from "../../../core/append.ts";
import { bounds } from "../bounds.ts";
import type { EventSource } from "../model.ts";
import type { RuleChecker } from "./checker.ts";
import { type Collection, collect, emptyCollection, type KnownRule } from "./collect.ts";
import { Conditions } from "./conditions.ts";
import { diagnosticIn, type ItemContext, RuleFault, warningIn } from "./diagnostics.ts";
import { withExceptions } from "./exceptions.ts";
import { Lists } from "./lists.ts";
import type { CollectedRule, Condition, Diagnostic, LoadedRules, RuleText } from "./model.ts";
import { checkOutput, withoutContainerInfo } from "./output-check.ts";
import { readRules } from "./read.ts";
import { contextOf } from "./read-values.ts";
import { SourceText } from "./source-text.ts";
import { suspicions } from "./suspicious.ts";

export interface LoadOptions {
  /** Absent: conditions are parsed, and their fields taken on trust. */
  readonly checker?: RuleChecker;
}

/** @returns rules in the order of their files, or errors; never throws for what the files hold */
export function loadRules(files: readonly RuleText[], options: LoadOptions = {}): LoadedRules {
  const loading: Loading = {
    all: emptyCollection(),
    errors: [],
    warnings: [],
    used: { macros: new Set(), lists: new Set() },
  };
  const tooMany = boundsOver(files);
  if (tooMany !== undefined) return nothing(loading, [tooMany]);
  for (const [number, file] of files.entries()) {
    const before = loading.all.next;
    collectFile(loading, file, options);
    if (number < files.length - 1 || loading.errors.length > 0) checkAlone(loading, file, before);
  }
  if (loading.errors.length > 0) {
    append(loading.warnings, unused(loading.all, loading.used.macros, loading.used.lists));
    return nothing(loading, loading.errors);
  }
  return compileAll(loading, options);
}

interface Loading {
  readonly all: Collection;
  readonly errors: Diagnostic[];
  readonly warnings: Diagnostic[];
  readonly used: { readonly macros: Set<string>; readonly lists: Set<string> };
}

function nothing({ all, warnings }: Loading, errors: readonly Diagnostic[]): LoadedRules {
  return {
    rules: [],
    errors,
    warnings,
    ...requirements(all),
    conditionOf: (text) => {
      throw new Error(`no rule has a step ${text}`);
    },
  };
}

function requirements({ engine, plugins }: Collection) {
  return {
    ...(engine !== undefined && { requiredEngineVersion: engine.version }),
    requiredPlugins: plugins.flatMap(({ alternatives }) => alternatives.slice(0, 1)),
  };
}

function boundsOver(files: readonly RuleText[]): Diagnostic | undefined {
  const over = files[bounds.ruleFiles];
  if (over === undefined) return undefined;
  const context = { kind: "rules content", name: "", place: { file: over.name, line: 1, column: 1 } };
  return diagnosticIn(context, "error", "LOAD_ERR_FILE_READ", `there are more than ${bounds.ruleFiles} files`);
}

function collectFile(loading: Loading, file: RuleText, options: LoadOptions): void {
  const { all, errors, warnings } = loading;
  const read = readRules(file);
  for (const name of read.broken) all.broken.add(name);
  append(errors, read.errors);
  append(warnings, read.warnings);
  const { checker } = options;
  const collecting = checker === undefined ? {} : { isField: checker.isField.bind(checker) };
  for (const definition of read.definitions) {
    const over = all.next >= bounds.ruleItems;
    try {
      if (over)
        throw new RuleFault(
          diagnosticIn(
            definition.context,
            "error",
            "LOAD_ERR_VALIDATE",
            `there are more than ${bounds.ruleItems} items`,
          ),
        );
      collect(all, definition, collecting, warnings);
    } catch (error) {
      if (!(error instanceof RuleFault)) throw error;
      errors.push(error.diagnostic);
      if (over) return;
      if ("name" in definition)
        all.broken.add(
          `${definition.kind === "macro" || definition.kind === "list" ? definition.kind : "rule"} ${definition.name}`,
        );
    }
  }
}

/** What a file brought, with the files so far and none that follow. */
function checkAlone(loading: Loading, file: RuleText, before: number): void {
  const { all, errors, used } = loading;
  const lists = new Lists(all.lists);
  const conditions = new Conditions(lists, all.macros, all.broken);
  const touched = new Set(
    [...all.macros.values()].filter((macro) => macro.visibility >= before).map(({ name }) => name),
  );
  append(errors, conditions.compileMacros(touched));
  for (const rule of all.rules.values())
    if (rule.changed >= before && rule.source !== undefined && !all.without.has(file.name))
      attempt(errors, () =>
        conditions.compile(withExceptions(rule.condition, rule.exceptions), conditionContext(rule)),
      );
  for (const name of conditions.used) used.macros.add(name);
  for (const name of lists.used) used.lists.add(name);
}

function attempt(errors: Diagnostic[], inside: () => void): void {
  try {
    inside();
  } catch (error) {
    if (!(error instanceof RuleFault)) throw error;
    errors.push(error.diagnostic);
  }
}

function conditionContext(rule: KnownRule): ItemContext {
  return contextOf(rule.condition.first, "rule condition", "", rule.context);
}

function compileAll(loading: Loading, options: LoadOptions): LoadedRules {
  const { all, errors, warnings } = loading;
  const lists = new Lists(all.lists);
  const conditions = new Conditions(lists, all.macros, all.broken);
  append(errors, conditions.compileMacros());
  const rules: CollectedRule[] = [];
  const steps = new Map<string, Condition>();
  for (const rule of [...all.rules.values()].toSorted((left, right) => left.index - right.index)) {
    if (rule.source === undefined || all.without.has(rule.context.place.file)) continue;
    attempt(errors, () => {
      const compiled = compileRule(rule, rule.source as EventSource, conditions, warnings, options);
      if (compiled !== undefined) rules.push(compiled);
      for (const { condition } of rule.extension?.sequence?.after ?? []) {
        const step = compileStep(condition, rule, rule.source as EventSource, conditions, options);
        if (step !== undefined) steps.set(condition, step);
      }
    });
  }
  if (errors.length > 0) {
    const { used } = loading;
    append(warnings, unused(all, used.macros.union(conditions.used), used.lists.union(lists.used)));
    return nothing(loading, errors);
  }
  for (const name of new Set(all.lists.keys()).difference(new Set(lists.unused()))) lists.used.add(name);
  append(warnings, unused(all, conditions.used, lists.used));
  return {
    rules,
    errors,
    warnings,
    ...requirements(all),
    conditionOf(text) {
      const step = steps.get(text);
      if (step === undefined) throw new Error(`no rule has a step ${text}`);
      return step;
    },
  };
}

/** @returns undefined where it is left out, which is said; @throws RuleFault */
function compileRule(
  rule: KnownRule,
  source: EventSource,
  conditions: Conditions,
  warnings: Diagnostic[],
  { checker }: LoadOptions,
): CollectedRule | undefined {
  const output = withoutContainerInfo(rule.output.text);
  if (output !== rule.output.text)
    warnings.push(
      warningIn(rule.context, "LOAD_DEPRECATED_ITEM", "%container.info is deprecated and stands for nothing"),
    );
  if (!checkOutput(rule, output, source, warnings, checker)) return undefined;
  const text = withExceptions(rule.condition, rule.exceptions);
  const context = conditionContext(rule);
  const condition = conditions.compile(text, context);
  if (condition === undefined) return undefined;
  for (const { code, message, at } of suspicions(condition))
    warnings.push(diagnosticIn(context, "warning", code, message, conditions.chainOf(at, text)));
  const checked = checker?.condition(condition, source) ?? {};
  if (checked.fault !== undefined) {
    const { kind, message, at } = checked.fault;
    const inner = conditions.chainOf(at, text);
    if (kind !== "unknown-field" || !rule.skipIfUnknownFilter)
      throw new RuleFault(diagnosticIn(context, "error", "LOAD_ERR_COMPILE_CONDITION", message, inner));
    warnings.push(diagnosticIn(context, "warning", "LOAD_UNKNOWN_FILTER", message, inner));
    return undefined;
  }
  for (const { message, at } of checked.warnings ?? [])
    warnings.push(diagnosticIn(context, "warning", "LOAD_COMPILE_CONDITION", message, conditions.chainOf(at, text)));
  if (source === "syscall" && rule.warnEventTypes && (checked.types ?? 0) > MANY_TYPES)
    warnings.push(warningIn(rule.context, "LOAD_NO_EVTTYPE", TOO_MANY_TYPES));
  return collected(rule, source, condition, text, output);
}

const MANY_TYPES = 100;

const TOO_MANY_TYPES = "Rule matches too many evt.type values. This has a significant performance penalty.";

function collected(
  rule: KnownRule,
  source: EventSource,
  condition: Condition,
  text: SourceText,
  output: string,
): CollectedRule {
  const { name, description, priority, tags, enabled, warnEventTypes, skipIfUnknownFilter, index, extension } = rule;
  return {
    name,
    description,
    source,
    priority,
    tags,
    enabled,
    warnEventTypes,
    skipIfUnknownFilter,
    ...(rule.capture && { capture: rule.captureSeconds > 0 ? { seconds: rule.captureSeconds } : {} }),
    condition,
    conditionText: text.text,
    output,
    place: rule.context.place,
    index,
    ...(extension !== undefined && { extension }),
  };
}

/** A condition of a sequence. @throws RuleFault with LOAD_ERR_EXTENSION or what is wrong with it */
function compileStep(
  text: string,
  rule: KnownRule,
  source: EventSource,
  conditions: Conditions,
  { checker }: LoadOptions,
): Condition | undefined {
  const step = new SourceText([{ text, of: rule.condition.first }]);
  const context: ItemContext = { ...rule.context, kind: "extension item", name: "sequence", within: rule.context };
  const condition = conditions.compile(step, context);
  const fault = condition === undefined ? undefined : checker?.condition(condition, source).fault;
  if (fault !== undefined) throw new RuleFault(diagnosticIn(context, "error", "LOAD_ERR_EXTENSION", fault.message));
  return condition;
}

function unused(all: Collection, macros: ReadonlySet<string>, lists: ReadonlySet<string>): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { name, context } of all.macros.values())
    if (!macros.has(name) && !all.broken.has(`macro ${name}`))
      found.push(warningIn(context, "LOAD_UNUSED_MACRO", "Macro not referred to by any other rule/macro"));
  for (const { name, context } of all.lists.values())
    if (!lists.has(name) && !all.broken.has(`list ${name}`))
      found.push(warningIn(context, "LOAD_UNUSED_LIST", "List not referred to by any other rule/macro"));
  return found;
}
