/**
 * Texts of conditions as trees: lists put in, parsed, macros in their places. Offsets of all texts differ, so that each part
 * of a tree tells where in which file it stands, and by which macros it came there.
 */
import { bounds } from "../bounds.ts";
import type { KnownMacro } from "./collect.ts";
import { diagnosticIn, errorIn, type ItemContext, RuleFault } from "./diagnostics.ts";
import { SyntaxFault } from "./lex.ts";
import { ListFault, type Lists, type Substituted } from "./lists.ts";
import type { Condition, Diagnostic, PlaceInChain } from "./model.ts";
import { parseCondition } from "./parse.ts";
import type { SourceText } from "./source-text.ts";

/** A text that was parsed: what offsets from `base` on mean. */
interface ParsedText {
  readonly base: number;
  readonly source: SourceText;
  readonly substituted: Substituted;
  readonly context: ItemContext;
  /** As parsed, macros by name. */
  readonly condition: Condition;
}

interface Expanded {
  readonly condition: Condition;
  readonly nodes: number;
  readonly depth: number;
}

export class Conditions {
  readonly used = new Set<string>();
  readonly #lists: Lists;
  readonly #macros: ReadonlyMap<string, KnownMacro>;
  readonly #broken: ReadonlySet<string>;
  readonly #texts: ParsedText[] = [];
  readonly #parsed = new Map<string, ParsedText>();
  /** `undefined`: its error was said, or it is of a broken one. */
  readonly #expanded = new Map<string, Expanded | undefined>();
  readonly #opened: string[] = [];
  #next = 0;
  #nodes = 0;

  constructor(lists: Lists, macros: ReadonlyMap<string, KnownMacro>, broken: ReadonlySet<string>) {
    this.#lists = lists;
    this.#macros = macros;
    this.#broken = broken;
  }

  /**
   * @param context - the item that the condition is of, which names its errors
   * @returns undefined where a macro that it names could not be read, which is said of the macro
   * @throws RuleFault
   */
  compile(source: SourceText, context: ItemContext): Condition | undefined {
    const parsed = this.#parse(source, context);
    return this.#expand(parsed, parsed.condition, Number.POSITIVE_INFINITY)?.condition;
  }

  /** Each macro by itself, in the order in which they were defined: errors of one that nothing uses count too. */
  compileMacros(names?: ReadonlySet<string>): Diagnostic[] {
    const errors: Diagnostic[] = [];
    const say = (inside: () => void) => {
      try {
        inside();
      } catch (error) {
        if (!(error instanceof RuleFault)) throw error;
        errors.push(error.diagnostic);
      }
    };
    const macros = [...this.#macros.values()].filter(({ name }) => names?.has(name) ?? true);
    for (const macro of macros) say(() => this.#parseMacro(macro));
    for (const macro of macros) say(() => this.#expandMacro(macro));
    return errors;
  }

  /** Where a part of a compiled condition stands: the place, then each macro that led there. @param within - the text that began it */
  chainOf(at: number, within: SourceText): PlaceInChain[] {
    const text = this.#textAt(at);
    if (text === undefined) return [];
    const { place, source } = text.source.at(text.substituted.origin(at - text.base));
    const places: PlaceInChain[] = [{ what: "condition expression", place, source }];
    if (text.source === within) return places;
    const root = this.#texts.find((one) => one.source === within);
    const path = root === undefined ? [] : this.#pathTo(root, text);
    for (const { name, from } of path.toReversed()) {
      const used = from.text.source.at(from.text.substituted.origin(from.at - from.text.base));
      places.push({ what: `macro '${name}'`, place: used.place, source: used.source });
    }
    return places;
  }

  #textAt(at: number): ParsedText | undefined {
    return this.#texts.findLast((text) => text.base <= at);
  }

  #parse(source: SourceText, context: ItemContext): ParsedText {
    let substituted: Substituted | undefined;
    const base = this.#next;
    try {
      substituted = this.#lists.substitute(source.text);
      this.#next += substituted.text.length + 1;
      const condition = parseCondition(substituted.text, base);
      const parsed = { base, source, substituted, context, condition };
      this.#texts.push(parsed);
      return parsed;
    } catch (error) {
      if (error instanceof ListFault) throw errorIn(context, "LOAD_ERR_VALIDATE", error.message);
      if (!(error instanceof SyntaxFault)) throw error;
      const at = source.at(Math.min(substituted?.origin(error.at) ?? 0, source.text.length));
      const inner = [{ what: "condition expression", ...at }];
      throw new RuleFault(diagnosticIn(context, "error", "LOAD_ERR_COMPILE_CONDITION", error.message, inner));
    }
  }

  #parseMacro(macro: KnownMacro): ParsedText | undefined {
    const known = this.#parsed.get(macro.name);
    if (known !== undefined || this.#expanded.has(macro.name)) return known;
    try {
      const parsed = this.#parse(macro.condition, macro.conditionContext);
      this.#parsed.set(macro.name, parsed);
      return parsed;
    } catch (error) {
      this.#expanded.set(macro.name, undefined);
      throw error;
    }
  }

  #expandMacro(macro: KnownMacro): Expanded | undefined {
    if (this.#expanded.has(macro.name)) return this.#expanded.get(macro.name);
    // Only said once, where the macro is; what uses it is left out in silence.
    this.#expanded.set(macro.name, undefined);
    const parsed = this.#parseMacro(macro) ?? this.#parsed.get(macro.name);
    if (parsed === undefined) return undefined;
    this.#expanded.delete(macro.name);
    this.#opened.push(macro.name);
    let expanded: Expanded | undefined;
    try {
      expanded = this.#expand(parsed, parsed.condition, macro.visibility);
    } finally {
      this.#opened.pop();
      this.#expanded.set(macro.name, expanded);
    }
    return expanded;
  }

  /** @returns undefined where it names a macro that could not be read */
  #expand(text: ParsedText, condition: Condition, visibility: number): Expanded | undefined {
    switch (condition.kind) {
      case "macro":
        return this.#macroAt(text, condition.name, condition.at, visibility);
      case "not": {
        const term = this.#expand(text, condition.term, visibility);
        if (term === undefined) return undefined;
        const same = term.condition === condition.term;
        return this.#sized(text, condition, same ? condition : { ...condition, term: term.condition }, [term]);
      }
      case "and":
      case "or": {
        const terms: Expanded[] = [];
        const conditions: Condition[] = [];
        for (const one of condition.terms) {
          const term = this.#expand(text, one, visibility);
          if (term === undefined) return undefined;
          terms.push(term);
          // `a and (b and c)` is one row of three: what macros bring does not make trees deep.
          if (term.condition.kind === condition.kind) for (const inner of term.condition.terms) conditions.push(inner);
          else conditions.push(term.condition);
        }
        return this.#sized(text, condition, { ...condition, terms: conditions }, terms);
      }
      default:
        return this.#sized(text, condition, condition, []);
    }
  }

  #sized(text: ParsedText, as: Condition, condition: Condition, terms: readonly Expanded[]): Expanded {
    let [nodes, depth] = [1, 0];
    for (const term of terms) {
      nodes += term.nodes;
      depth = Math.max(
        depth,
        term.condition.kind === condition.kind && condition.kind !== "not" ? term.depth - 1 : term.depth,
      );
    }
    depth++;
    this.#nodes += condition.kind === "and" || condition.kind === "or" ? condition.terms.length : 1;
    const over =
      nodes > bounds.conditionNodes || this.#nodes > bounds.expandedNodes
        ? `condition has more than ${bounds.conditionNodes} parts once macros are in their places`
        : depth > bounds.expandedDepth
          ? `condition is nested deeper than ${bounds.expandedDepth} once macros are in their places`
          : undefined;
    if (over !== undefined) throw this.#faultAt(text, as.at, "LOAD_ERR_COMPILE_CONDITION", over);
    return { condition, nodes, depth };
  }

  #macroAt(text: ParsedText, name: string, at: number, visibility: number): Expanded | undefined {
    const macro = this.#macros.get(name);
    if (macro === undefined || macro.index >= visibility) {
      if (this.#broken.has(`macro ${name}`)) return undefined;
      const later = macro === undefined ? undefined : "it is defined further down";
      throw this.#faultAt(text, at, "LOAD_ERR_VALIDATE", `Undefined macro '${name}' used in filter.`, later);
    }
    const from = this.#opened.indexOf(name);
    if (from >= 0) {
      const loop = [...this.#opened.slice(from), name].join(" → ");
      throw this.#faultAt(
        { ...text, context: macro.conditionContext },
        at,
        "LOAD_ERR_VALIDATE",
        `reference loop in macro '${name}'`,
        loop,
      );
    }
    this.used.add(name);
    return this.#expandMacro(macro);
  }

  #faultAt(
    text: ParsedText,
    at: number,
    code: "LOAD_ERR_VALIDATE" | "LOAD_ERR_COMPILE_CONDITION",
    message: string,
    remedy?: string,
  ) {
    const inner = [{ what: "condition expression", ...text.source.at(text.substituted.origin(at - text.base)) }];
    return new RuleFault(diagnosticIn(text.context, "error", code, message, inner, remedy));
  }

  /** One way by macros from a text to another, the first that is found. */
  #pathTo(from: ParsedText, to: ParsedText): MacroStep[] {
    const seen = new Set<ParsedText>([from]);
    const waiting: { readonly text: ParsedText; readonly path: readonly MacroStep[] }[] = [{ text: from, path: [] }];
    for (const { text, path } of waiting) {
      for (const { name, at } of macrosIn(text.condition)) {
        const next = this.#parsed.get(name);
        if (next === undefined || seen.has(next)) continue;
        const longer = [...path, { name, from: { text, at } }];
        if (next === to) return longer;
        seen.add(next);
        waiting.push({ text: next, path: longer });
      }
    }
    return [];
  }
}

interface MacroStep {
  readonly name: string;
  /** Where it is named. */
  readonly from: { readonly text: ParsedText; readonly at: number };
}

function* macrosIn(condition: Condition): Generator<{ readonly name: string; readonly at: number }> {
  if (condition.kind === "macro") yield condition;
  else if (condition.kind === "not") yield* macrosIn(condition.term);
  else if (condition.kind === "and" || condition.kind === "or")
    for (const term of condition.terms) yield* macrosIn(term);
}
