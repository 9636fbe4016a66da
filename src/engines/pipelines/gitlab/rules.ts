/** `rules`, `only` and `except`: when jobs and pipelines run. */
import type { Text, UnreadField } from "../field.ts";
import { nodeAt, type PlacedMap, type PlacedNode } from "../yaml/model.ts";
import { readCondition } from "./condition.ts";
import type { GitlabRefs, GitlabRule } from "./model.ts";
import { scalarAt, textsOf } from "./texts.ts";
import { variablesOf } from "./variables.ts";

/** Lists in `rules` are flattened, as `!reference` makes them. */
export function rulesOf(node: PlacedNode | undefined, unread: UnreadField[]): GitlabRule[] {
  if (node === undefined) return [];
  if (node.kind === "list") return node.items.flatMap((item) => rulesOf(item, unread));
  if (node.kind === "map") return [ruleOf(node, unread)];
  if (node.text.type !== "null") unread.push({ place: node.place, reason: "a rule that is no mapping" });
  return [];
}

function ruleOf(map: PlacedMap, unread: UnreadField[]): GitlabRule {
  const [condition, when, allowFailure, interruptible] = ["if", "when", "allow_failure", "interruptible"].map((key) =>
    scalarAt(map, key),
  );
  const reading = condition === undefined ? undefined : readCondition(condition.value);
  if (condition !== undefined && reading?.fault !== undefined) {
    unread.push({ place: condition.place, reason: `the condition ${reading.fault}` });
  }
  const changes = nodeAt(map, "changes");
  const exists = nodeAt(map, "exists");
  return {
    place: map.place,
    ...(condition === undefined ? {} : { if: condition }),
    ...(reading?.condition === undefined ? {} : { condition: reading.condition }),
    ...(reading?.fault === undefined ? {} : { fault: reading.fault }),
    changes: textsOf(changes?.kind === "map" ? nodeAt(changes, "paths") : changes),
    exists: textsOf(exists?.kind === "map" ? nodeAt(exists, "paths") : exists),
    otherConditions: changes !== undefined || exists !== undefined,
    ...(when === undefined ? {} : { when }),
    ...(allowFailure === undefined ? {} : { allowFailure }),
    ...(interruptible === undefined ? {} : { interruptible }),
    variables: variablesOf(nodeAt(map, "variables")),
  };
}

export function refsOf(node: PlacedNode | undefined): GitlabRefs | undefined {
  if (node === undefined) return undefined;
  const map = node.kind === "map" ? node : undefined;
  const kubernetes = map === undefined ? undefined : scalarAt(map, "kubernetes");
  const list = (key: string): Text[] => (map === undefined ? [] : textsOf(nodeAt(map, key)));
  return {
    place: node.place,
    refs: map === undefined ? textsOf(node) : list("refs"),
    variables: list("variables"),
    changes: list("changes"),
    ...(kubernetes === undefined ? {} : { kubernetes }),
  };
}
