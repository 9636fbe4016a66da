/** One stage of one class of pods against everybody: a row of what its rules decide. */
import type { Decision, Decisions, Step } from "./decisions.ts";
import type { PortSet } from "./port-set.ts";
import type { Rule } from "./rule-model.ts";

/** A rule with its peers as classes. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly sure: ClassSet;
  readonly maybe: ClassSet;
  readonly isEgress: boolean;
}

export interface ClassSet {
  /** Sections of which every class is in it, as bits. */
  readonly whole: number;
  /** Sorted. */
  readonly members: Int32Array;
}

export interface Row {
  /** Decisions by section, of the classes that are not named. */
  readonly defaults: readonly number[];
  /** Sorted; of each its decision. */
  readonly classes: Int32Array;
  readonly decisions: Int32Array;
}

export interface RowMaker {
  /** @param rules - those that select the class, in their order @param subject - the class */
  row(rules: readonly CompiledRule[], subject: number): Row;
}

export interface RowGround {
  readonly decisions: Decisions;
  readonly classCount: number;
  /** Of each class. */
  readonly section: Uint8Array;
  /** Of an ingress stage at this end: what holds before any rule of what comes from there. */
  startOf(subject: number, from: number): Decision;
  /** Whether `startOf` may answer something else than the beginning. */
  readonly hasNodes: boolean;
  /** Ports of a rule where this class is the destination. */
  portsAt(rule: Rule, destination: number): PortSet;
  /** Classes that give one of the rule's ports by name. */
  classesNaming(rule: Rule): readonly number[];
}

const SECTIONS = [0, 1, 2, 3] as const;
const NODES = 1;

export function createRowMaker(ground: RowGround): RowMaker {
  const { decisions, classCount, section } = ground;
  const main = createScratch(classCount, section);
  const own = createScratch(classCount, section);
  const band = createScratch(classCount, section);
  const done = new Int32Array(classCount);
  let serial = 0;

  function applyRule(scratch: Scratch, compiled: CompiledRule, subject: number): void {
    const { rule, sure, maybe } = compiled;
    serial++;
    applySet(scratch, compiled, subject, sure, rule.doubt === undefined);
    if (maybe.whole !== 0 || maybe.members.length > 0) applySet(scratch, compiled, subject, maybe, false);
  }

  function applySet(
    scratch: Scratch,
    { rule, isEgress }: CompiledRule,
    subject: number,
    set: ClassSet,
    sure: boolean,
  ): void {
    const { action } = rule;
    const byName = isEgress && rule.ports.named.length > 0;
    const plain: Step = { ports: isEgress ? rule.ports.numbers : ground.portsAt(rule, subject), action, sure };
    const stepFor = (peer: number): Step => (byName ? { ...plain, ports: ground.portsAt(rule, peer) } : plain);
    const apply = (peer: number) => {
      if (done[peer] === serial) return;
      done[peer] = serial;
      const before = scratch.get(peer);
      scratch.set(peer, decisions.apply(decisions.at(before), stepFor(peer)).id);
    };
    for (const peer of set.members) apply(peer);
    if (set.whole === 0) return;
    if (byName) {
      for (const peer of ground.classesNaming(rule))
        if ((set.whole & (1 << (section[peer] as number))) !== 0) apply(peer);
    }
    for (let index = 0; index < scratch.touched.length; index++) {
      const peer = scratch.touched[index] as number;
      if ((set.whole & (1 << (section[peer] as number))) !== 0) apply(peer);
    }
    for (const one of SECTIONS) {
      if ((set.whole & (1 << one)) === 0) continue;
      scratch.defaults[one] = decisions.apply(decisions.at(scratch.defaults[one] as number), plain).id;
    }
  }

  function each(scratch: Scratch, change: (decision: Decision) => Decision): void {
    for (const one of SECTIONS) scratch.defaults[one] = change(decisions.at(scratch.defaults[one] as number)).id;
    for (const peer of scratch.touched) scratch.set(peer, change(decisions.at(scratch.get(peer))).id);
  }

  /** Each class of `into` with what `other` has of it. */
  function merge(into: Scratch, other: Scratch, by: (a: Decision, b: Decision) => Decision): void {
    const combine = (a: number, b: number) => by(decisions.at(a), decisions.at(b)).id;
    // Before the defaults change: what is touched in either keeps a value of its own.
    for (const peer of other.touched) into.set(peer, into.get(peer));
    for (const peer of into.touched) into.set(peer, combine(into.get(peer), other.get(peer)));
    for (const one of SECTIONS)
      into.defaults[one] = combine(into.defaults[one] as number, other.defaults[one] as number);
  }

  /** Lists without an order between them: each decides from the start, and then all of them together. */
  function applyLists(rules: readonly CompiledRule[], subject: number): void {
    band.reset(decisions.start.id);
    let first = true;
    for (const list of grouped(rules, ({ rule }) => rule.list)) {
      own.reset(decisions.start.id);
      for (const compiled of list) applyRule(own, compiled, subject);
      if (first) copy(own, band);
      else merge(band, own, decisions.either);
      first = false;
    }
    merge(main, band, decisions.continued);
  }

  return {
    row(rules, subject) {
      main.reset(decisions.start.id);
      const isIngress = rules[0]?.rule.stage === "network-ingress";
      if (isIngress && ground.hasNodes) {
        for (let peer = 0; peer < classCount; peer++) {
          if (section[peer] === NODES) main.set(peer, ground.startOf(subject, peer).id);
        }
      }
      for (const group of grouped(rules, ({ rule }) => rule.group)) {
        for (const inBand of grouped(group, ({ rule }) => rule.band)) {
          const last = inBand.at(-1);
          if (last !== undefined && inBand[0]?.rule.list !== last.rule.list) applyLists(inBand, subject);
          else for (const compiled of inBand) applyRule(main, compiled, subject);
        }
        each(main, decisions.nextGroup);
      }
      const classes = main.touched
        .filter((peer) => main.get(peer) !== main.defaults[section[peer] as number])
        .sort((a, b) => a - b);
      return {
        defaults: [...main.defaults],
        classes: Int32Array.from(classes),
        decisions: Int32Array.from(classes, (peer) => main.get(peer)),
      };
    },
  };
}

export function decisionIn({ classes, decisions, defaults }: Row, peer: number, section: number): number {
  let low = 0;
  let high = classes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((classes[middle] as number) < peer) low = middle + 1;
    else high = middle;
  }
  return (classes[low] === peer ? decisions[low] : defaults[section]) as number;
}

/** Runs of equal keys: the rules are sorted by them. */
export function* grouped<T>(items: readonly T[], keyOf: (item: T) => number): Generator<readonly T[]> {
  let start = 0;
  for (let index = 1; index <= items.length; index++) {
    if (index < items.length && keyOf(items[index] as T) === keyOf(items[start] as T)) continue;
    if (index > start) yield items.slice(start, index);
    start = index;
  }
}

/** Decisions of all classes, of which those are stored that differ from their section's. */
interface Scratch {
  readonly defaults: number[];
  readonly touched: number[];
  get(peer: number): number;
  set(peer: number, decision: number): void;
  reset(decision: number): void;
}

function createScratch(size: number, section: Uint8Array): Scratch {
  const values = new Int32Array(size);
  const stamps = new Int32Array(size);
  let stamp = 0;
  const scratch: Scratch = {
    defaults: [0, 0, 0, 0],
    touched: [],
    get: (peer) => (stamps[peer] === stamp ? values[peer] : scratch.defaults[section[peer] as number]) as number,
    set(peer, decision) {
      if (stamps[peer] !== stamp) {
        stamps[peer] = stamp;
        scratch.touched.push(peer);
      }
      values[peer] = decision;
    },
    reset(decision) {
      stamp++;
      scratch.touched.length = 0;
      scratch.defaults.fill(decision);
    },
  };
  return scratch;
}

function copy(from: Scratch, to: Scratch): void {
  for (const peer of from.touched) to.set(peer, from.get(peer));
  for (const one of SECTIONS) to.defaults[one] = from.defaults[one] as number;
}
