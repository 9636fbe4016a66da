/** A workflow ("Workflow syntax for GitHub Actions"). */
import type { PlacedNode } from "../../../formats/yaml/placed.ts";
import { ignoresIn } from "../ignores.ts";
import type { Source } from "../source.ts";
import { jobsAt } from "./jobs.ts";
import type { Workflow } from "./model.ts";
import { computedAt, fieldsAt, isNothing, keysOf, optional, textAt } from "./nodes.ts";
import { withScripts } from "./scripts.ts";
import { concurrencyAt, defaultsAt, permissionsAt } from "./shared.ts";
import { triggersAt } from "./triggers.ts";

const KEYS = new Set([
  "name",
  "run-name",
  "on",
  "permissions",
  "env",
  "defaults",
  "concurrency",
  "jobs",
  "description",
]);

export function workflowOf(source: Source, root: PlacedNode): Workflow {
  const keys = keysOf(source, root, "a workflow", KEYS);
  const on = keys?.entry("on");
  if (keys !== undefined && on === undefined) source.skip(keys.map, "a workflow has no on: GitHub refuses the file");
  const jobs = keys?.get("jobs");
  if (keys !== undefined && (jobs === undefined || isNothing(jobs))) {
    source.skip(keys.map, "a workflow has no jobs: GitHub refuses the file");
  }
  const file: Omit<Workflow, "runScripts"> = {
    kind: "workflow",
    path: source.path,
    place: source.placeOf(root),
    ...optional("name", textAt(source, keys?.get("name"), "name", "none")),
    ...optional("runName", textAt(source, keys?.get("run-name"), "run-name")),
    on: triggersAt(source, on?.value),
    onPlace: on === undefined ? source.place(root.start, root.start) : source.placeOf(on.key),
    ...optional("permissions", permissionsAt(source, keys?.entry("permissions"))),
    env: fieldsAt(source, keys?.get("env"), "env"),
    ...optional("envComputed", computedAt(source, keys?.get("env"))),
    ...optional("defaults", defaultsAt(source, keys?.get("defaults"))),
    ...optional("concurrency", concurrencyAt(source, keys?.get("concurrency"))),
    jobs: jobsAt(source, jobs),
    unread: source.unread,
    ignores: ignoresIn(source, root),
  };
  return withScripts(source.text, file);
}
