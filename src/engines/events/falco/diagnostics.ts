/** How what is wrong with rules is said: as data with a chain of places, and as text with a caret. */
import type { Diagnostic, ErrorCode, Place, PlaceInChain, WarningCode } from "./model.ts";

/** What a diagnostic is about, with what it lies in: `exception 'x'` in `rule 'y'` in `rules content`. */
export interface ItemContext {
  /** As upstream names it: `rules content`, `rule`, `macro`, `list`, `exception`, `rule condition`… */
  readonly kind: string;
  readonly name: string;
  readonly place: Place;
  readonly source?: string;
  readonly within?: ItemContext;
}

/** Ends the reading of a file or the compilation of all; caught at the edges of `load.ts`. */
export class RuleFault extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.name = "RuleFault";
    this.diagnostic = diagnostic;
  }
}

export function errorIn(context: ItemContext, code: ErrorCode, message: string, remedy?: string): RuleFault {
  return new RuleFault(diagnosticIn(context, "error", code, message, [], remedy));
}

export function warningIn(context: ItemContext, code: WarningCode, message: string, remedy?: string): Diagnostic {
  return diagnosticIn(context, "warning", code, message, [], remedy);
}

/** @param inner - places inside the item, from where it was found outward */
export function diagnosticIn(
  context: ItemContext,
  severity: Diagnostic["severity"],
  code: Diagnostic["code"],
  message: string,
  inner: readonly PlaceInChain[] = [],
  remedy?: string,
): Diagnostic {
  const item = named(context);
  return {
    severity,
    code,
    message,
    ...(remedy === undefined ? {} : { remedy }),
    item: { kind: item.kind, name: item.name },
    chain: chainOf(context, inner),
  };
}

/** The item that has a name of its own, else the innermost: suites compare the rule, not its condition. */
function named(context: ItemContext): ItemContext {
  for (let at: ItemContext | undefined = context; at !== undefined; at = at.within) if (ITEMS.has(at.kind)) return at;
  return context;
}

const ITEMS: ReadonlySet<string> = new Set(["rule", "macro", "list"]);

function chainOf(context: ItemContext, inner: readonly PlaceInChain[]): Diagnostic["chain"] {
  const [first, ...rest] = [...inner, ...outward(context)];
  if (first === undefined) throw new Error("a context has a place");
  return [first, ...rest];
}

function outward(context: ItemContext): PlaceInChain[] {
  const places: PlaceInChain[] = [];
  for (let at: ItemContext | undefined = context; at !== undefined; at = at.within)
    places.push({
      what: at.name === "" ? at.kind : `${at.kind} '${at.name}'`,
      place: at.place,
      ...(at.source === undefined ? {} : { source: at.source }),
    });
  return places;
}

/** Most characters of a line of source that are shown. */
const WIDTH = 100;

/**
 * Lines for a terminal, without colors and not yet escaped: what a file holds is anybody's text.
 *
 * ```text
 * rules.yaml:12:19: error LOAD_ERR_VALIDATE: Undefined macro 'foo' used in filter.
 *     condition: foo and evt.type = open
 *                ^
 *   in macro 'bar' (rules.yaml:11:3)
 * ```
 */
export function diagnosticLines(diagnostic: Diagnostic): string[] {
  const [innermost, ...outer] = diagnostic.chain;
  const remedy = diagnostic.remedy === undefined ? "" : ` (${diagnostic.remedy})`;
  const lines = [
    `${placeText(innermost.place)}: ${diagnostic.severity} ${diagnostic.code}: ${diagnostic.message}${remedy}`,
  ];
  if (innermost.source !== undefined) lines.push(...caretLines(innermost.source, innermost.place.column));
  for (const { what, place } of outer) if (what !== FILE) lines.push(`  in ${what} (${placeText(place)})`);
  return lines;
}

/** The outermost kind of item. */
export const FILE = "rules content";

function placeText(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

function caretLines(source: string, column: number): string[] {
  const at = Math.min(column - 1, source.length);
  const from = at < WIDTH - 10 ? 0 : at - WIDTH / 2;
  const shown = source.slice(from, from + WIDTH).replace(/\t/g, " ");
  return [`    ${shown}`, `    ${" ".repeat(at - from)}^`];
}
