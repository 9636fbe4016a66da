/** A flowchart in Mermaid, as GitHub and GitLab draw it. Every name is text: none of it reaches the syntax. */
import { append } from "../../core/append.ts";
import { printable } from "../../core/printable.ts";
import { linesOf } from "./lines.ts";
import { namesOf } from "./names.ts";
import type { NetworkView } from "./view.ts";

/** Mermaid's own bound is 500 edges (`maxEdges`); more is no picture. */
const MOST_EDGES = 200;
const MOST_NODES = 150;
const NAMED = 6;

/** Ends with a line break. */
export function renderMermaid(view: NetworkView): string {
  const { endpoints, groups } = view;
  const names = namesOf(view);
  const shown = nodesOf(view);
  const out = ["flowchart LR"];
  const spaces = Map.groupBy(shown.nodes, ({ namespace }) => namespace);
  let number = 0;
  for (const [namespace, nodes] of spaces) {
    const lines = nodes.map(({ id, members }) => {
      const [first] = members;
      const kind = first === undefined ? "workload" : endpoints[first]?.kind;
      const label = members.length > NAMED ? `${members.length} workloads` : members.map(names.one).join("\n");
      return kind === "workload" ? `${id}["${mermaidText(label)}"]` : `${id}(["${mermaidText(label)}"])`;
    });
    if (namespace === "")
      append(
        out,
        lines.map((line) => `  ${line}`),
      );
    else {
      out.push(`  subgraph ns${number++}["${mermaidText(namespace)}"]`, ...lines.map((line) => `    ${line}`), "  end");
    }
  }
  let edges = 0;
  let left = 0;
  for (const { from, to, ports, certain } of linesOf(
    view,
    (group) => groups[group] !== undefined,
    () => true,
  )) {
    for (const source of new Set(from.flatMap((group) => shown.ids.get(group) ?? []))) {
      for (const target of new Set(to.flatMap((group) => shown.ids.get(group) ?? []))) {
        if (++edges > MOST_EDGES) left++;
        else
          out.push(
            `  ${source} ${certain ? "-->" : "-.->"}|"${mermaidText(certain ? ports : `unknown: ${ports}`)}"| ${target}`,
          );
      }
    }
  }
  if (left > 0) out.push(`  more["${left} more connections: use --focus, or --format json"]`);
  if (shown.left > 0) out.push(`  moreNodes["${shown.left} more workloads: use --focus, or --format json"]`);
  return `${out.join("\n")}\n`;
}

interface Node {
  readonly id: string;
  readonly namespace: string;
  /** Indices of endpoints. */
  readonly members: readonly number[];
}

/** The members that a group has in one namespace are one node. */
function nodesOf({ endpoints, groups, connections }: NetworkView) {
  const used = new Set(connections.flatMap(({ from, to }) => [...from, ...to]));
  const nodes: Node[] = [];
  const ids = new Map<number, string[]>();
  let left = 0;
  for (const [group, members] of groups.entries()) {
    const kinds = Map.groupBy(members, (index) => endpoints[index]?.namespace ?? "");
    for (const [namespace, within] of kinds) {
      const isWorkload = endpoints[within[0] as number]?.kind === "workload";
      if (!isWorkload && !used.has(group)) continue;
      if (nodes.length >= MOST_NODES) {
        left += within.length;
        continue;
      }
      const id = `n${nodes.length}`;
      nodes.push({ id, namespace, members: within });
      ids.set(group, [...(ids.get(group) ?? []), id]);
    }
  }
  return { nodes, ids, left };
}

/**
 * Text in a quoted label. Mermaid's entity codes (`#34;`) stand for what would end it, begin markup or be a code itself;
 * its labels take HTML, which is why angle brackets are among them.
 */
export function mermaidText(text: string): string {
  return text
    .split("\n")
    .map((line) =>
      printable(line.slice(0, 200)).replace(/[^A-Za-z0-9 ,./:_-]/g, (character) => `#${character.codePointAt(0)};`),
    )
    .join("<br/>");
}
