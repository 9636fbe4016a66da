/** All rules of one source as one detector. */
import { bounds } from "../../bounds.ts";
import type { CollectedRule, CompiledRule, Detector, Matching } from "../model.ts";
import { addCondition, alikeCodes, faultOf, foldFor, type UsedField, type Vocabulary } from "./condition.ts";
import type { ConditionFault } from "./fault.ts";
import { type Generated, generate } from "./generate.ts";
import { Graph, type Node } from "./graph.ts";
import { type RememberedRows, rememberRows } from "./remembered.ts";
import type { CodeRules } from "./slots.ts";

/** How a detector reaches what it remembers things by. */
export interface Subject<Event> {
  /** The type of an event. */
  code(event: Event): number;
  /** Where what was found of the event's thread is kept as long as it holds; undefined where there is no thread. */
  thread?(event: Event): { leaves: Uint8Array | undefined; leavesHold: boolean } | undefined;
  /** The text that fields of scope `path` stay the same for; undefined where there is none, or it never comes again. */
  path?(event: Event): string | undefined;
}

export interface CompileOptions<Event> extends Vocabulary<Event> {
  readonly subject: Subject<Event>;
  readonly matching: Matching;
  /** A rule's output, ready to be filled in (`output.ts`). */
  render(rule: CollectedRule): CompiledRule<Event>["render"];
}

export interface RuleFault extends ConditionFault {
  readonly rule: CollectedRule;
}

export interface CompiledRules<Event> {
  readonly detector: Detector<Event>;
  /** Rules that could not be compiled; the detector does without them. */
  readonly faults: readonly RuleFault[];
  readonly fields: readonly UsedField<Event>[];
}

export function compileRules<Event>(
  rules: readonly CollectedRule[],
  options: CompileOptions<Event>,
): CompiledRules<Event> {
  const graph = new Graph<Event>();
  const faults: RuleFault[] = [];
  const fields: UsedField<Event>[] = [];
  const roots: { readonly rule: CollectedRule; readonly root: Node }[] = [];
  for (const rule of rules.toSorted((left, right) => left.index - right.index)) {
    if (!rule.enabled || rule.source !== options.source) continue;
    try {
      const root = addCondition(graph, rule.condition, {
        fields: options.fields,
        used: (field, argument, at) => fields.push({ field, argument, at }),
      });
      roots.push({ rule, root });
    } catch (error) {
      faults.push({ ...faultOf(error, rule.condition.at), rule });
    }
  }
  const codes = alikeCodes(graph, options, options.types.live).map((alike): CodeRules => {
    const [code = 0] = alike;
    const known = new Map<Node, Node>();
    const tried = roots.map(({ root }, rule) => ({ rule, node: foldFor(graph, root, code, options, known) }));
    return { codes: alike, rules: tried.filter(({ node }) => node !== graph.false) };
  });
  const compiled = roots.map(({ rule }, index): CompiledRule<Event> => {
    const own = codes.filter(({ rules: tried }) => tried.some((each) => each.rule === index));
    return { ...rule, codes: new Set(own.flatMap((each) => each.codes)), render: options.render(rule) };
  });
  return { detector: detectorOf(graph, codes, compiled, options), faults, fields };
}

/** Detectors of one process are told apart by this number in the rows that they leave with threads. */
let lastOwner = 0;

function detectorOf<Event>(
  graph: Graph<Event>,
  codes: readonly CodeRules[],
  rules: readonly CompiledRule<Event>[],
  { subject, matching }: CompileOptions<Event>,
): Detector<Event> {
  const wanted = codes.filter((each) => each.rules.length > 0);
  const generated = generate(graph, wanted, rules);
  // By code: quicker than a Map, and codes are small.
  const drivers: (Generated<Event>["drivers"][number] | undefined)[] = [];
  for (let code = 0; code <= Math.max(0, ...wanted.flatMap((each) => each.codes)); code++) drivers.push(undefined);
  for (const [index, each] of wanted.entries()) for (const code of each.codes) drivers[code] = generated.drivers[index];
  const { width } = generated;
  const matched: CompiledRule<Event>[] = [];
  const own = new Uint8Array(width.event);
  const paths = pathRows(width.path, subject);
  const threads = threadRows(width.thread, subject);
  const all = matching === "all";
  return {
    rules,
    matched,
    wants: (code) => drivers[code] !== undefined,
    evaluate(event) {
      const driver = drivers[subject.code(event)];
      if (driver === undefined) return 0;
      const thread = driver.asksThread ? threads(event) : own;
      const path = driver.asksPath ? paths.row(event) : 0;
      return driver.evaluate(event, thread, paths.bytes(), path, own, matched, all);
    },
  };
}

/** What nothing is remembered of gets a row that is cleared each time. */
function pathRows<Event>(width: number, subject: Subject<Event>) {
  const spare = new Uint8Array(width);
  const remembered: RememberedRows = rememberRows(width, bounds.rememberedPaths, bounds.rememberedPathBytes);
  let bytes: Uint8Array = spare;
  return {
    row(event: Event): number {
      const path = subject.path?.(event);
      if (path === undefined) {
        bytes = spare.fill(0);
        return 0;
      }
      const row = remembered.row(path);
      bytes = remembered.bytes;
      return row;
    },
    bytes: () => bytes,
  };
}

function threadRows<Event>(width: number, subject: Subject<Event>): (event: Event) => Uint8Array {
  const spare = new Uint8Array(width);
  lastOwner = (lastOwner % 65_535) + 1;
  const [low, high] = [lastOwner & 255, lastOwner >> 8];
  return (event) => {
    const thread = subject.thread?.(event);
    if (thread === undefined) return spare.fill(0);
    let row = thread.leaves;
    if (row === undefined || row.length !== width) {
      row = new Uint8Array(width);
      thread.leaves = row;
    } else if (thread.leavesHold && row[0] === low && row[1] === high) return row;
    else row.fill(0);
    row[0] = low;
    row[1] = high;
    thread.leavesHold = true;
    return row;
  };
}
