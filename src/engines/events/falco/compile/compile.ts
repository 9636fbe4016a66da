/** All rules of one source as one detector. */
import { greatest } from "../../../../core/extremes.ts";
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
  /** What tells the event's thread, and what was found of it, from others; undefined where there is no thread. */
  thread?(event: Event): Versioned | undefined;
  /** The text that fields of scope `path` stay the same for; undefined where there is none, or it never comes again. */
  path?(event: Event): string | undefined;
}

/** What is found of something holds as long as its version stays; no two things have slot and version in common. */
export interface Versioned {
  /** A small number, so that rows are kept by it; 0: nothing is remembered. */
  readonly slot: number;
  /** 32 bits, not 0. */
  readonly version: number;
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
  /** Of the same rules, for another stream: it remembers nothing of the first one's. */
  another(): Detector<Event>;
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
  const another = detectorsOf(graph, codes, compiled, options);
  return { detector: another(), another, faults, fields };
}

function detectorsOf<Event>(
  graph: Graph<Event>,
  codes: readonly CodeRules[],
  rules: readonly CompiledRule<Event>[],
  { subject, matching }: CompileOptions<Event>,
): () => Detector<Event> {
  const wanted = codes.filter((each) => each.rules.length > 0);
  const generated = generate(graph, wanted, rules);
  // By code: quicker than a Map, and codes are small.
  const drivers: (Generated<Event>["drivers"][number] | undefined)[] = [];
  const last = greatest(
    wanted.flatMap((each) => each.codes),
    0,
  );
  for (let code = 0; code <= last; code++) drivers.push(undefined);
  for (const [index, each] of wanted.entries()) for (const code of each.codes) drivers[code] = generated.drivers[index];
  return () => detectorOf(drivers, rules, generated.width, { subject, matching });
}

function detectorOf<Event>(
  drivers: readonly (Generated<Event>["drivers"][number] | undefined)[],
  rules: readonly CompiledRule<Event>[],
  width: Generated<Event>["width"],
  { subject, matching }: Pick<CompileOptions<Event>, "subject" | "matching">,
): Detector<Event> {
  const matched: CompiledRule<Event>[] = [];
  const own = new Uint8Array(width.event);
  const paths = new PathRows(width.path, subject);
  const threads = new ThreadRows(width.thread, subject);
  const all = matching === "all";
  return {
    rules,
    matched,
    wants: (code) => drivers[code] !== undefined,
    evaluate(event) {
      const driver = drivers[subject.code(event)];
      if (driver === undefined) return 0;
      const thread = driver.asksThread ? threads.row(event) : 0;
      const path = driver.asksPath ? paths.row(event) : 0;
      return driver.evaluate(event, threads.bytes, thread, paths.bytes, path, own, matched, all);
    },
  };
}

/** What nothing is remembered of gets a row that is cleared each time. */
class PathRows<Event> {
  /** To be read after the row was asked for. */
  bytes: Uint8Array;
  private readonly spare: Uint8Array;
  private readonly remembered: RememberedRows;
  private readonly path: ((event: Event) => string | undefined) | undefined;

  constructor(width: number, { path }: Subject<Event>) {
    this.spare = new Uint8Array(width);
    this.bytes = this.spare;
    this.remembered = rememberRows(width, bounds.rememberedPaths, bounds.rememberedPathBytes);
    this.path = path;
  }

  row(event: Event): number {
    const path = this.path?.(event);
    if (path === undefined) {
      this.bytes = this.spare.fill(0);
      return 0;
    }
    const row = this.remembered.row(path);
    this.bytes = this.remembered.bytes;
    return row;
  }
}

/** Rows in the beginning; there are as many as the largest slot asks for. */
const FIRST_ROWS = 1_024;

/** One row after the other by slot, each with the version before it that it holds for. */
class ThreadRows<Event> {
  /** To be read after the row was asked for. */
  bytes: Uint8Array;
  private versions: Int32Array;
  private rows = FIRST_ROWS;
  /** Of a row, in words. */
  private readonly words: number;
  private readonly thread: ((event: Event) => Versioned | undefined) | undefined;

  constructor(width: number, { thread }: Subject<Event>) {
    this.words = (width + 3) >> 2;
    this.thread = thread;
    this.versions = new Int32Array(this.rows * this.words);
    this.bytes = new Uint8Array(this.versions.buffer);
  }

  row(event: Event): number {
    const thread = this.thread?.(event);
    if (thread === undefined || thread.slot === 0) {
      this.versions.fill(0, 0, this.words);
      return 0;
    }
    const { slot, version } = thread;
    if (slot >= this.rows) this.grow(slot);
    const at = slot * this.words;
    if (this.versions[at] !== version) {
      this.versions.fill(0, at, at + this.words);
      this.versions[at] = version;
    }
    return at << 2;
  }

  private grow(slot: number): void {
    while (this.rows <= slot) this.rows *= 2;
    const larger = new Int32Array(this.rows * this.words);
    larger.set(this.versions);
    this.versions = larger;
    this.bytes = new Uint8Array(larger.buffer);
  }
}
