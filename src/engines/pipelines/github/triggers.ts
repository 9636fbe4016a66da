/** What starts a workflow: a text, a list, or a mapping ("Workflow syntax for GitHub Actions", `on`). */
import type { PlacedEntry, PlacedNode } from "../../../formats/yaml/placed.ts";
import type { Source } from "../source.ts";
import type { Input, Trigger } from "./model.ts";
import { isNothing, type Keys, keysOf, optional, textAt, textsAt } from "./nodes.ts";
import { present } from "./shared.ts";

export function triggersAt(source: Source, node: PlacedNode | undefined): Trigger[] {
  if (node === undefined) return [];
  if (node.kind !== "map") {
    const events = textsAt(source, node, "on", "none");
    if (events.length === 0) source.skip(node, "on names no event");
    return events.map(({ value, place }) => ({ ...NOTHING, event: value, place }));
  }
  return (keysOf(source, node, "on")?.entries ?? []).map((entry) => triggerOf(source, entry));
}

const NOTHING = {
  types: [],
  branches: [],
  branchesIgnore: [],
  tags: [],
  tagsIgnore: [],
  paths: [],
  pathsIgnore: [],
  workflows: [],
  crons: [],
  inputs: [],
  outputs: [],
  secrets: [],
} as const;

const KEYS = new Set(
  ["types", "branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore", "workflows"].concat([
    "inputs",
    "outputs",
    "secrets",
    "names",
  ]),
);

function triggerOf(source: Source, { key, value }: PlacedEntry): Trigger {
  const base = { ...NOTHING, event: key.text, place: source.placeOf(key) };
  if (key.text === "schedule") return { ...base, crons: cronsAt(source, value) };
  const keys = present(source, value, key.text, KEYS);
  if (keys === undefined) return base;
  const texts = (name: string) => textsAt(source, keys.get(name), name, "none");
  return {
    ...base,
    types: texts("types"),
    branches: texts("branches"),
    branchesIgnore: texts("branches-ignore"),
    tags: texts("tags"),
    tagsIgnore: texts("tags-ignore"),
    paths: texts("paths"),
    pathsIgnore: texts("paths-ignore"),
    workflows: texts("workflows"),
    inputs: inputsAt(source, keys.get("inputs")),
    outputs: outputsAt(source, keys.get("outputs")),
    secrets: inputsAt(source, keys.get("secrets")),
  };
}

function cronsAt(source: Source, node: PlacedNode) {
  if (node.kind !== "sequence") {
    source.skip(node, "schedule is not a list");
    return [];
  }
  return node.items.flatMap((item) => {
    const keys = keysOf(source, item, "schedule's item", CRON);
    return textAt(source, keys?.get("cron"), "cron", "none") ?? [];
  });
}

const CRON = new Set(["cron", "timezone"]);

/** Inputs or secrets, of workflow_call, workflow_dispatch or an action. */
export function inputsAt(source: Source, node: PlacedNode | undefined): Input[] {
  return (present(source, node, "inputs")?.entries ?? []).map(({ key, value }): Input => {
    const keys = present(source, value, `the input ${key.text}`, INPUT);
    const fallback = textAt(source, keys?.get("default"), "default");
    return {
      name: key.text,
      place: source.placeOf(key),
      ...optional("type", scalarText(keys, "type")),
      required: scalarText(keys, "required") === "true",
      ...optional("default", fallback),
      options: textsAt(source, keys?.get("options"), "options", "none"),
    };
  });
}

const INPUT = new Set(["description", "type", "required", "default", "options", "deprecationMessage"]);

function scalarText(keys: Keys | undefined, name: string): string | undefined {
  const node = keys?.get(name);
  return node?.kind === "scalar" && !isNothing(node) ? node.text : undefined;
}

/** Of workflow_call or an action: each a mapping with a `value`. */
export function outputsAt(source: Source, node: PlacedNode | undefined) {
  return (present(source, node, "outputs")?.entries ?? []).map(({ key, value }) => {
    const keys = present(source, value, `the output ${key.text}`);
    const text = textAt(source, keys?.get("value"), "value");
    return {
      key: source.textOf(key, "none"),
      ...optional("value", text),
      place: source.place(key.start, Math.max(key.end, value.end)),
    };
  });
}
