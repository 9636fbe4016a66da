/** A network as boxes and arrows: namespaces, what is alike in them, and what is outside. */
import { counted } from "../../core/counted.ts";
import type { Diagram, DiagramArrow, DiagramBox, DiagramNode } from "../../core/diagram.ts";
import { headlineSentences } from "./headline.ts";
import { type Line, linesOf, namespaceLines } from "./lines.ts";
import { type Names, namesOf } from "./names.ts";
import type { NetworkView } from "./view.ts";

/** More nodes than that are one for each namespace; more namespaces are cut. */
const NODES = 60;
const NAMESPACES = 60;
const ARROWS = 200;
const NAMED = 12;

/** Sets of what is outside. */
const BESIDE = 15;

const EVERY = "every";
const SCOPES = {
  internet: "internet",
  private: "private networks",
  metadata: "metadata services",
  domain: "domains",
} as const;

export function networkDiagram(view: NetworkView): Diagram {
  const names = namesOf(view);
  const places = placesOf(view, names);
  const arrows = [...arrowsOf(view, places)];
  const shown = arrows.slice(0, ARROWS);
  const used = new Set(shown.flatMap(({ from, to }) => [from, to]));
  const boxes = places.boxes.filter(({ side, nodes }) => side === undefined || nodes.some(({ id }) => used.has(id)));
  return {
    title: "Network",
    summary: headlineSentences(view),
    boxes: boxes.map((box) =>
      box.side === undefined ? box : { ...box, nodes: box.nodes.filter(({ id }) => used.has(id)) },
    ),
    arrows: shown,
    left: [
      ...(places.left > 0 ? [`${counted(places.left, "more namespace")} (network map --focus NAME)`] : []),
      ...(arrows.length > ARROWS
        ? [`${counted(arrows.length - ARROWS, "more connection")} (network map --focus NAME)`]
        : []),
    ],
  };
}

interface Places {
  readonly boxes: readonly DiagramBox[];
  /** Of each group the nodes that it is in. */
  readonly ofGroup: ReadonlyMap<number, readonly string[]>;
  /** Of groups outside. */
  besideOf(to: readonly number[]): readonly DiagramNode[];
  /** By namespace, where each is one node. */
  readonly ofNamespace?: ReadonlyMap<string, string>;
  readonly left: number;
}

function placesOf(view: NetworkView, names: Names): Places {
  const { endpoints, groups } = view;
  const workloads = new Map<string, { readonly group: number; readonly members: readonly number[] }[]>();
  for (const [group, members] of groups.entries()) {
    const kind = endpoints[members[0] ?? -1]?.kind;
    if (kind !== "workload") continue;
    for (const [namespace, within] of Map.groupBy(members, (index) => endpoints[index]?.namespace ?? "")) {
      workloads.set(namespace, [...(workloads.get(namespace) ?? []), { group, members: within }]);
    }
  }
  const ofGroup = new Map<number, string[]>();
  const collapses = [...workloads.values()].reduce((sum, nodes) => sum + nodes.length, 0) > NODES;
  const ofNamespace = new Map<string, string>();
  let number = 0;
  const put = (group: number, id: string) => ofGroup.set(group, [...(ofGroup.get(group) ?? []), id]);
  const spaces = [...workloads].sort(([a], [b]) => (a < b ? -1 : 1));
  const within = spaces.slice(0, NAMESPACES).map(([namespace, nodes], index): DiagramBox => {
    const id = `box${index}`;
    if (collapses) {
      const members = nodes.flatMap((node) => node.members);
      ofNamespace.set(namespace, `n${number}`);
      const node = nodeOf(view, names, `n${number++}`, members, counted(members.length, "workload"));
      for (const { group } of nodes) put(group, node.id);
      return { id, label: namespace, nodes: [node] };
    }
    return {
      id,
      label: namespace,
      nodes: nodes.map(({ group, members }) => {
        put(group, `n${number}`);
        const called = members.map((member) => names.one(member).slice(namespace.length + 1));
        const label = called.length <= 2 ? called.join(", ") : `${called[0]} and ${called.length - 1} more`;
        return nodeOf(view, names, `n${number++}`, members, label);
      }),
    };
  });
  // What lies outside is cut as rules cut it: it is shown as the sets that connections go to, or where they are many as what it is.
  const isOutside = (group: number) =>
    ["addresses", "domain"].includes(endpoints[groups[group]?.[0] ?? -1]?.kind ?? "");
  const sets = new Map(linesOf(view, () => true, isOutside).map(({ to }) => [to.join(), to]));
  const beside = new Map<string, DiagramNode>();
  const isCoarse = collapses || sets.size > BESIDE;
  const besideOf = (to: readonly number[]): readonly DiagramNode[] => {
    const called = isCoarse
      ? [...new Set(to.map((group) => scopeOf(view, group)))].map((scope) => [scope, SCOPES[scope]] as const)
      : [[to.join(), names.set(to)] as const];
    return called.map(([key, label]) => {
      const node = beside.get(key) ?? { id: `n${number++}`, label, detail: label };
      beside.set(key, node);
      return node;
    });
  };
  for (const to of sets.values()) besideOf(to);
  const outside: DiagramBox = { id: "outside", label: "outside", side: "right", nodes: [...beside.values()] };
  const every: DiagramBox = {
    id: "every-box",
    label: "",
    side: "left",
    nodes: [{ id: EVERY, label: "every pod", detail: "every pod" }],
  };
  return {
    boxes: [...within, outside, every],
    ofGroup,
    besideOf,
    left: spaces.length - within.length,
    ...(collapses ? { ofNamespace } : {}),
  };
}

function scopeOf({ endpoints, groups }: NetworkView, group: number): keyof typeof SCOPES {
  return endpoints[groups[group]?.[0] ?? -1]?.scope ?? "domain";
}

function nodeOf(
  { endpoints }: NetworkView,
  names: Names,
  id: string,
  members: readonly number[],
  label: string,
): DiagramNode {
  const more = members.length > NAMED ? ` and ${members.length - NAMED} more` : "";
  const isOpen = members.every((index) => endpoints[index]?.ingress === "open" && endpoints[index]?.egress === "open");
  return {
    id,
    label,
    detail: `${members.slice(0, NAMED).map(names.one).join(", ")}${more}${isOpen ? ": no policy selects it" : ""}`,
    ...(isOpen ? { mark: "alarm" as const } : {}),
  };
}

function* arrowsOf(view: NetworkView, places: Places): Generator<DiagramArrow> {
  const { endpoints, groups } = view;
  const kindOf = (group: number) => endpoints[groups[group]?.[0] ?? -1]?.kind;
  const isWorkload = (group: number) => kindOf(group) === "workload";
  const isOutside = (group: number) => kindOf(group) === "addresses" || kindOf(group) === "domain";
  const unit = unitsOf(view, places);
  const seen = new Map<string, DiagramArrow>();
  const out = function* (line: Pick<Line, "ports" | "certain">, from: readonly string[], to: readonly string[]) {
    for (const source of from) {
      for (const target of to) {
        const key = JSON.stringify([source, target, line.ports, line.certain]);
        if (seen.has(key)) continue;
        const arrow = { from: source, to: target, label: line.ports, certain: line.certain };
        seen.set(key, arrow);
        yield arrow;
      }
    }
  };
  for (const line of linesOf(view, () => true, isOutside)) {
    const from = line.from.filter(isWorkload);
    if (from.length === 0) continue;
    yield* out(
      line,
      unit(from),
      places.besideOf(line.to).map(({ id }) => id),
    );
  }
  const { ofNamespace } = places;
  if (ofNamespace !== undefined) {
    const lines = namespaceLines(view, isWorkload, isWorkload).sort(
      (a, b) => b.pairs + b.unknown - (a.pairs + a.unknown),
    );
    for (const { from, to, pairs, of, ports } of lines) {
      const [source, target] = [ofNamespace.get(from), ofNamespace.get(to)];
      if (source === undefined || target === undefined) continue;
      const label = `${ports.slice(0, 3).join("; ")}${ports.length > 3 ? "; …" : ""} (${pairs} of ${of} pairs)`;
      yield* out({ ports: label, certain: pairs > 0 }, [source], [target]);
    }
    return;
  }
  for (const line of linesOf(view, isWorkload, isWorkload)) yield* out(line, unit(line.from), unit(line.to));
}

/** A set of groups as the fewest places: every pod, a whole namespace, a node. */
function unitsOf(
  { endpoints, groups }: NetworkView,
  { boxes, ofGroup }: Places,
): (chosen: readonly number[]) => string[] {
  const pods = groups.flatMap((members, group) => (endpoints[members[0] ?? -1]?.kind === "workload" ? [group] : []));
  return (chosen) => {
    const own = chosen.filter((group) => ofGroup.has(group));
    if (pods.length > 1 && pods.every((group) => own.includes(group))) {
      return [EVERY];
    }
    const nodes = new Set(own.flatMap((group) => ofGroup.get(group) ?? []));
    const whole = boxes.filter(
      ({ side, nodes: all }) => side === undefined && all.length > 1 && all.every(({ id }) => nodes.has(id)),
    );
    for (const { nodes: all } of whole) for (const { id } of all) nodes.delete(id);
    return [...whole.map(({ id }) => id), ...nodes];
  };
}
