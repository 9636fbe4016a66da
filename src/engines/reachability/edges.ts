/** All connections of a network, without asking for each pair of its classes. */
import type { ClassEdges, Connection } from "./connection-model.ts";
import type { Plan } from "./plan.ts";
import type { PortSet, PortSets } from "./port-set.ts";

export interface Connections {
  readonly open: Connection;
  /** Both must allow it. Equal ones are one object. */
  both(a: Connection, b: Connection): Connection;
  isNone(one: Connection): boolean;
  of(allowed: PortSet, unknown: PortSet): Connection;
}

export function createConnections(sets: PortSets): Connections {
  const known = new Map<Connection, Map<Connection, Connection>>();
  const interned = new Map<string, Connection>();

  function of(allowed: PortSet, unknown: PortSet): Connection {
    const key = `${allowed.id} ${unknown.id}`;
    const found = interned.get(key) ?? { allowed, unknown };
    interned.set(key, found);
    return found;
  }

  const open = of(sets.all, sets.none);
  return {
    open,
    of,
    isNone: ({ allowed, unknown }) => allowed === sets.none && unknown === sets.none,
    both(a, b) {
      if (a === b || b === open) return a;
      if (a === open) return b;
      let own = known.get(a);
      if (own === undefined) {
        own = new Map();
        known.set(a, own);
      }
      let found = own.get(b);
      if (found === undefined) {
        const allowed = sets.intersect(a.allowed, b.allowed);
        const possible = sets.intersect(sets.union(a.allowed, a.unknown), sets.union(b.allowed, b.unknown));
        found = of(allowed, sets.subtract(possible, allowed));
        own.set(b, found);
      }
      return found;
    },
  };
}

const PODS = 0;
const ADDRESSES = 2;
const SECTIONS = [0, 1, 2, 3] as const;

export interface EdgeGround extends Connections {
  /** Of each class. */
  readonly section: Uint8Array;
  /** The plans of the stages at one end; empty where no rule has a say. */
  plans(direction: "egress" | "ingress", subject: number): readonly Plan[];
  /** What those plans let through. @param other - a class, or -1 for one of the section that no rule names */
  connection(plans: readonly Plan[], subject: number, other: number, section: number): Connection;
  /** Classes that give a rule's port by name. */
  classesNaming: (rule: Plan["rules"][number]["rule"]) => readonly number[];
  /** Classes of nodes, sorted. */
  readonly nodes: Int32Array;
  /** Whether nodes must be asked for one by one. */
  hasExactNodes(subject: number): boolean;
}

/** One end of a class: with whom it may speak as far as that is its own end's say. */
interface End {
  /** By section, with the classes that are not named. */
  readonly defaults: readonly Connection[];
  readonly classes: readonly number[];
  readonly connections: readonly Connection[];
}

/**
 * Every pair of classes with a connection between them that is allowed or unknown; a class with itself too. Of pairs that
 * one end closes by default, those alone are looked at which that end's rules name.
 */
export function* edgesOf(ground: EdgeGround): Generator<ClassEdges> {
  const { section, both, isNone, open } = ground;
  const count = section.length;
  const all = Array.from(section.keys());
  const bySection = SECTIONS.map((one) => all.filter((each) => section[each] === one));
  const sources = all.map((from) => endOf(ground, "egress", from, (classes) => classes));
  const isOpenSource = Uint8Array.from(sources, (end) =>
    end === undefined || !isNone(end.defaults[PODS] as Connection) ? 1 : 0,
  );
  const openSources = new Map<Int32Array, Int32Array>();
  const amongOpen: Among = (classes) => {
    let found = openSources.get(classes);
    if (found === undefined) {
      found = classes.filter((one) => isOpenSource[one] === 1);
      openSources.set(classes, found);
    }
    return found;
  };
  const named = new Map<number, number[]>();
  /** By section of the source: pods that let in whatever they do not name. */
  const letIn: number[][] = SECTIONS.map(() => []);
  for (const to of bySection[PODS] as readonly number[]) {
    const end = endOf(ground, "ingress", to, amongOpen);
    for (const from of SECTIONS)
      if (end === undefined || !isNone(end.defaults[from] as Connection)) letIn[from]?.push(to);
    for (const from of end?.classes ?? []) {
      const listed = named.get(from);
      if (listed === undefined) named.set(from, [to]);
      else listed.push(to);
    }
  }
  const stamps = new Int32Array(count).fill(-1);
  for (let from = 0; from < count; from++) {
    const own = section[from] as number;
    const end = sources[from];
    const found = new Map<Connection, number[]>();
    const add = (to: number, out: Connection) => {
      if (stamps[to] === from) return;
      stamps[to] = from;
      // Between two outside the cluster nothing here has a say.
      if (isNone(out) || (own >= ADDRESSES && (section[to] as number) >= ADDRESSES)) return;
      const plans = ground.plans("ingress", to);
      const connection = plans.length === 0 ? out : both(out, ground.connection(plans, to, from, own));
      if (isNone(connection)) return;
      const listed = found.get(connection);
      if (listed === undefined) found.set(connection, [to]);
      else listed.push(to);
    };
    for (const [index, to] of end?.classes.entries() ?? []) add(to, end?.connections[index] as Connection);
    for (const one of SECTIONS) {
      const out = end === undefined ? open : (end.defaults[one] as Connection);
      if (isNone(out)) continue;
      if (one !== PODS) for (const to of bySection[one] as readonly number[]) add(to, out);
      else {
        for (const to of letIn[own] as readonly number[]) add(to, out);
        for (const to of named.get(from) ?? []) add(to, out);
      }
    }
    for (const [connection, to] of found) yield { from, to, connection };
  }
}

/** Of some classes those that count. */
type Among = (classes: Int32Array) => Int32Array;

/** Undefined where no rule has a say. */
function endOf(ground: EdgeGround, direction: "egress" | "ingress", subject: number, among: Among): End | undefined {
  const { section, isNone } = ground;
  const plans = ground.plans(direction, subject);
  if (plans.length === 0) return undefined;
  const defaults = SECTIONS.map((one) => ground.connection(plans, subject, -1, one));
  const isClosed = defaults.map(isNone);
  const openSections = SECTIONS.reduce((bits: number, one) => (isClosed[one] ? bits : bits | (1 << one)), 0);
  const candidates = new Set<number>();
  const consider = (other: number, mayOpen: boolean) => {
    if (mayOpen || !isClosed[section[other] as number]) candidates.add(other);
  };
  for (const plan of plans) {
    for (const { rule, sure, maybe, isEgress } of plan.rules) {
      // What its end closes to everybody a further denial opens to nobody.
      const mayOpen = rule.action !== "deny";
      for (const { members, sections } of [sure, maybe]) {
        if (!mayOpen && (sections & openSections) === 0) continue;
        for (const other of among(members)) consider(other, mayOpen);
      }
      const whole = sure.whole | maybe.whole;
      if (!isEgress || rule.ports.named.length === 0 || whole === 0) continue;
      for (const other of ground.classesNaming(rule)) {
        if ((whole & (1 << (section[other] as number))) !== 0) consider(other, mayOpen);
      }
    }
  }
  if (ground.hasExactNodes(subject)) {
    for (const other of among(ground.nodes)) consider(other, true);
  }
  const classes: number[] = [];
  const connections: Connection[] = [];
  for (const other of candidates) {
    const own = section[other] as number;
    const connection = ground.connection(plans, subject, other, own);
    if (connection === defaults[own]) continue;
    classes.push(other);
    connections.push(connection);
  }
  return { defaults, classes, connections };
}
