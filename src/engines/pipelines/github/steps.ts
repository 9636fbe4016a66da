/** Steps of a job or of a composite action. */
import type { PlacedNode } from "../../../formats/yaml/placed.ts";
import type { Source } from "../source.ts";
import type { Step } from "./model.ts";
import { computedAt, fieldsAt, keysOf, optional, textAt } from "./nodes.ts";
import { usesOf } from "./uses.ts";

const BOTH = ["id", "name", "if", "env", "continue-on-error", "timeout-minutes", "working-directory", "shell"];
const KEYS = new Set([...BOTH, "run", "uses", "with", "background"]);
/** Steps that wait for others or end them, and run nothing. */
const WAITING = ["wait", "wait-all", "cancel"];

export function stepsAt(source: Source, node: PlacedNode | undefined): Step[] {
  if (node === undefined) return [];
  if (node.kind !== "sequence") {
    source.skip(node, "steps is not a list");
    return [];
  }
  return node.items
    .flatMap((item, at) => parallelSteps(item).map((step) => ({ step, stands: node.aliases?.get(at) ?? step })))
    .flatMap(({ step, stands }, index) => stepOf(source, step, stands, index) ?? []);
}

/** Steps that run beside each other are steps like others. */
function parallelSteps(item: PlacedNode): readonly PlacedNode[] {
  const parallel = item.kind === "map" ? item.entries.find(({ key }) => key.text === "parallel")?.value : undefined;
  return parallel?.kind === "sequence" ? parallel.items : [item];
}

/** @param stands - where the list has it: the alias, of a step that is written elsewhere */
function stepOf(
  source: Source,
  node: PlacedNode,
  stands: { readonly start: number; readonly end: number },
  index: number,
): Step | undefined {
  if (node.kind === "map" && node.entries.some(({ key }) => WAITING.includes(key.text))) return undefined;
  const keys = keysOf(source, node, "a step", KEYS);
  if (keys === undefined) return undefined;
  const base = {
    index,
    place: source.placeOf(stands),
    ...optional("id", textAt(source, keys.get("id"), "id", "none")),
    ...optional("name", textAt(source, keys.get("name"), "name")),
    ...optional("if", textAt(source, keys.get("if"), "if", "condition")),
    env: fieldsAt(source, keys.get("env"), "env"),
    ...optional("envComputed", computedAt(source, keys.get("env"))),
    ...optional("continueOnError", textAt(source, keys.get("continue-on-error"), "continue-on-error")),
    ...optional("timeoutMinutes", textAt(source, keys.get("timeout-minutes"), "timeout-minutes")),
  };
  const run = textAt(source, keys.get("run"), "run");
  const named = textAt(source, keys.get("uses"), "uses");
  if (run !== undefined && named !== undefined) source.skip(node, "a step has run and uses");
  if (run !== undefined) {
    return {
      ...base,
      kind: "run",
      run,
      ...optional("shell", textAt(source, keys.get("shell"), "shell")),
      ...optional("workingDirectory", textAt(source, keys.get("working-directory"), "working-directory")),
    };
  }
  if (named === undefined) {
    source.skip(node, "a step has neither run nor uses");
    return undefined;
  }
  const uses = usesOf(named);
  if (uses.kind === "other") source.skip(named.place, "uses names no action");
  return {
    ...base,
    kind: "uses",
    uses,
    with: fieldsAt(source, keys.get("with"), "with"),
    ...optional("withComputed", computedAt(source, keys.get("with"))),
  };
}
