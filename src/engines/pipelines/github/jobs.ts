/** The jobs of a workflow: those of steps, and those that are other workflows. */
import type { PlacedEntry, PlacedNode } from "../../../formats/yaml/placed.ts";
import type { Source } from "../source.ts";
import { containerAt, servicesAt } from "./containers.ts";
import { matrixAt } from "./matrix.ts";
import type { CallJob, DeploymentEnvironment, Job, RunsOn } from "./model.ts";
import {
  computedAt,
  fieldsAt,
  isNothing,
  type Keys,
  keysOf,
  optional,
  placeOfEntry,
  textAt,
  textsAt,
} from "./nodes.ts";
import { concurrencyAt, defaultsAt, permissionsAt, present } from "./shared.ts";
import { stepsAt } from "./steps.ts";
import { usesOf } from "./uses.ts";

const BOTH = ["name", "needs", "if", "permissions", "concurrency", "strategy", "continue-on-error"];
const STEPS = new Set([
  ...BOTH,
  "runs-on",
  "environment",
  "container",
  "services",
  "env",
  "defaults",
  "outputs",
  "timeout-minutes",
  "cancel-timeout-minutes",
  "steps",
  "snapshot",
]);
const CALL = new Set([...BOTH, "uses", "with", "secrets"]);

export function jobsAt(source: Source, node: PlacedNode | undefined): Job[] {
  return (present(source, node, "jobs")?.entries ?? []).flatMap((entry) => jobOf(source, entry) ?? []);
}

function jobOf(source: Source, { key, value }: PlacedEntry): Job | undefined {
  const isCall = value.kind === "map" && value.entries.some((entry) => entry.key.text === "uses");
  const keys = keysOf(source, value, `the job ${key.text}`, isCall ? CALL : STEPS);
  if (keys === undefined) return undefined;
  const base = {
    id: key.text,
    place: source.placeOf(key),
    whole: placeOfEntry(source, key, value),
    ...optional("name", textAt(source, keys.get("name"), "name")),
    needs: textsAt(source, keys.get("needs"), "needs", "none"),
    ...optional("if", textAt(source, keys.get("if"), "if", "condition")),
    ...optional("permissions", permissionsAt(source, keys.entry("permissions"))),
    ...optional("concurrency", concurrencyAt(source, keys.get("concurrency"))),
    ...optional("matrix", matrixAt(source, keys.get("strategy"))),
    ...optional("continueOnError", textAt(source, keys.get("continue-on-error"), "continue-on-error")),
  };
  if (isCall) return callJob(source, keys, base);
  if (keys.get("steps") === undefined) source.skip(base.place, `the job ${key.text} has neither steps nor uses`);
  return {
    ...base,
    kind: "steps",
    runsOn: runsOnAt(source, keys, base.place),
    ...optional("environment", environmentAt(source, keys.get("environment"))),
    ...optional("container", containerAt(source, keys.get("container"))),
    services: servicesAt(source, keys.get("services")),
    env: fieldsAt(source, keys.get("env"), "env"),
    ...optional("envComputed", computedAt(source, keys.get("env"))),
    ...optional("defaults", defaultsAt(source, keys.get("defaults"))),
    outputs: fieldsAt(source, keys.get("outputs"), "outputs"),
    ...optional("timeoutMinutes", textAt(source, keys.get("timeout-minutes"), "timeout-minutes")),
    steps: stepsAt(source, keys.get("steps")),
  };
}

type Base = Omit<CallJob, "kind" | "uses" | "with" | "secrets">;

function callJob(source: Source, keys: Keys, base: Base): Job | undefined {
  const text = textAt(source, keys.get("uses"), "uses", "none");
  if (text === undefined) {
    source.skip(base.place, "uses names no workflow");
    return undefined;
  }
  return {
    ...base,
    kind: "call",
    uses: usesOf(text),
    with: fieldsAt(source, keys.get("with"), "with"),
    ...optional("secrets", secretsAt(source, keys.get("secrets"))),
  };
}

function secretsAt(source: Source, node: PlacedNode | undefined): CallJob["secrets"] | undefined {
  if (node === undefined || isNothing(node)) return undefined;
  if (node.kind !== "scalar") return { kind: "each", fields: fieldsAt(source, node, "secrets") };
  if (node.text === "inherit") return { kind: "inherit", text: source.textOf(node) };
  source.skip(node, "secrets is neither inherit nor a mapping");
  return undefined;
}

function runsOnAt(source: Source, keys: Keys, job: { readonly start: number; readonly end: number }): RunsOn {
  const node = keys.get("runs-on");
  if (node === undefined || isNothing(node)) {
    source.skip(job, "a job of steps has no runs-on");
    return { place: source.placeOf(job), labels: [] };
  }
  const place = source.placeOf(node);
  if (node.kind !== "map") return { place, labels: textsAt(source, node, "runs-on") };
  const group = keysOf(source, node, "runs-on", RUNS_ON);
  return {
    place,
    labels: textsAt(source, group?.get("labels"), "labels"),
    ...optional("group", textAt(source, group?.get("group"), "group")),
  };
}

const RUNS_ON = new Set(["group", "labels"]);

function environmentAt(source: Source, node: PlacedNode | undefined): DeploymentEnvironment | undefined {
  if (node === undefined || isNothing(node)) return undefined;
  const place = source.placeOf(node);
  if (node.kind === "scalar") return { place, name: source.textOf(node) };
  const keys = keysOf(source, node, "environment", ENVIRONMENT);
  return {
    place,
    ...optional("name", textAt(source, keys?.get("name"), "name")),
    ...optional("url", textAt(source, keys?.get("url"), "url")),
  };
}

const ENVIRONMENT = new Set(["name", "url", "deployment"]);
