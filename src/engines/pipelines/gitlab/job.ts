/** One job, once `extends` and `!reference` are filled in. */
import type { Text } from "../field.ts";
import { entryOf, nodeAt, type PlacedEntry, type PlacedMap, type PlacedNode } from "../yaml/model.ts";
import type {
  GitlabEnvironment,
  GitlabJob,
  GitlabNeed,
  GitlabRelease,
  GitlabSecret,
  GitlabSettings,
  GitlabTrigger,
  GitlabTriggerInclude,
  GitlabVariable,
} from "./model.ts";
import { refsOf, rulesOf } from "./rules.ts";
import { type JobReader, SETTINGS, settingsOf } from "./settings.ts";
import { fieldAt, scalarAt, scalarOf, textsOf } from "./texts.ts";

const KEYS: ReadonlySet<string> = new Set([
  ...SETTINGS,
  ...(
    "variables stage extends script rules only except when start_in manual_confirmation allow_failure needs dependencies " +
    "environment secrets trigger parallel resource_group release pages publish inherit run coverage dast_configuration type"
  ).split(" "),
]);

/** Where a job may take its name from, so that it has no keys of its own: a job of one `<<` alone, say. */
export function jobOf(
  { key, value }: PlacedEntry,
  defaults: PlacedMap | undefined,
  reader: JobReader,
): Omit<GitlabJob, "runs"> | undefined {
  if (value.kind !== "map") return undefined;
  const name = key.value;
  const hidden = name.startsWith(".");
  for (const { key: field } of value.entries) {
    // Of a template other things may be taken by !reference.
    if (!KEYS.has(field.value) && !hidden) {
      reader.unread.push({
        place: field.place,
        reason: `${field.value.slice(0, 80)} is no keyword of a job that is known`,
      });
    }
  }
  const inherit = nodeAt(value, "inherit");
  const inherited = withDefaults(value, defaults, inherit);
  const allowFailure = nodeAt(value, "allow_failure");
  const rules = nodeAt(value, "rules");
  const only = refsOf(nodeAt(value, "only"));
  const except = refsOf(nodeAt(value, "except"));
  const needs = nodeAt(value, "needs");
  const dependencies = nodeAt(value, "dependencies");
  const environment = environmentOf(nodeAt(value, "environment"));
  const trigger = triggerOf(nodeAt(value, "trigger"));
  const release = releaseOf(nodeAt(value, "release"));
  const inheritVariables = inheritedVariables(inherit);
  const parallel = nodeAt(value, "parallel");
  const run = nodeAt(value, "run");
  return {
    ...settingsOf(inherited, reader),
    name,
    key: key.place,
    hidden,
    ...fieldAt(value, "stage", "stage"),
    extends: textsOf(nodeAt(value, "extends")),
    script: reader.lines(nodeAt(value, "script")),
    ...(rules === undefined ? {} : { rules: rulesOf(rules, reader.unread) }),
    ...(only === undefined ? {} : { only }),
    ...(except === undefined ? {} : { except }),
    ...fieldAt(value, "when", "when"),
    ...fieldAt(value, "start_in", "startIn"),
    ...fieldAt(value, "manual_confirmation", "manualConfirmation"),
    ...fieldAt(value, "allow_failure", "allowFailure"),
    exitCodes: allowFailure?.kind === "map" ? textsOf(nodeAt(allowFailure, "exit_codes")) : [],
    ...(needs === undefined ? {} : { needs: needsOf(needs) }),
    ...(dependencies === undefined ? {} : { dependencies: textsOf(dependencies) }),
    ...(environment === undefined ? {} : { environment }),
    secrets: secretsOf(nodeAt(value, "secrets")),
    ...(trigger === undefined ? {} : { trigger }),
    matrix: parallel?.kind === "map" ? matrixOf(nodeAt(parallel, "matrix")) : [],
    ...fieldAt(value, "parallel", "parallel"),
    ...fieldAt(value, "resource_group", "resourceGroup"),
    ...(release === undefined ? {} : { release }),
    pages: name === "pages" || entryOf(value, "pages") !== undefined,
    ...(inheritVariables === undefined ? {} : { inheritVariables }),
    run: run?.kind === "list" ? run.items.flatMap((step) => stepOf(step, reader)) : [],
  };
}

/** A keyword that the job does not state comes from `default`, where `inherit:default` lets it. */
function withDefaults(job: PlacedMap, defaults: PlacedMap | undefined, inherit: PlacedNode | undefined): PlacedMap {
  if (defaults === undefined) return job;
  const stated = inherit?.kind === "map" ? nodeAt(inherit, "default") : undefined;
  if (scalarOf(stated)?.value === "false") return job;
  const names = stated?.kind === "list" ? new Set(textsOf(stated).map(({ value }) => value)) : undefined;
  const added = defaults.entries.filter(
    ({ key }) =>
      SETTINGS.has(key.value) && entryOf(job, key.value) === undefined && (names === undefined || names.has(key.value)),
  );
  return added.length === 0 ? job : { ...job, entries: [...job.entries, ...added] };
}

export function defaultsOf(map: PlacedMap, reader: JobReader): GitlabSettings {
  for (const { key } of map.entries) {
    if (!SETTINGS.has(key.value)) {
      reader.unread.push({ place: key.place, reason: `default:${key.value.slice(0, 80)} is no keyword that is known` });
    }
  }
  return settingsOf(map, reader);
}

function inheritedVariables(inherit: PlacedNode | undefined): boolean | readonly Text[] | undefined {
  const node = inherit?.kind === "map" ? nodeAt(inherit, "variables") : undefined;
  if (node?.kind === "list") return textsOf(node);
  const text = scalarOf(node);
  return text === undefined ? undefined : text.value !== "false";
}

function needsOf(node: PlacedNode): GitlabNeed[] {
  const items = node.kind === "list" ? node.items : [node];
  return items.flatMap((item): GitlabNeed[] => {
    const { place } = item;
    if (item.kind === "list") return needsOf(item);
    if (item.kind === "scalar") return item.text.type === "null" ? [] : [{ kind: "job", job: item.text, place }];
    const base = { place, ...fieldAt(item, "artifacts", "artifacts") };
    const [project, pipeline, job] = ["project", "pipeline", "job"].map((key) => scalarAt(item, key));
    const named = job === undefined ? {} : { job };
    if (project !== undefined) return [{ kind: "project", project, ...named, ...fieldAt(item, "ref", "ref"), ...base }];
    if (pipeline !== undefined) return [{ kind: "pipeline", pipeline, ...named, ...base }];
    return job === undefined ? [] : [{ kind: "job", job, ...fieldAt(item, "optional", "optional"), ...base }];
  });
}

function environmentOf(node: PlacedNode | undefined): GitlabEnvironment | undefined {
  if (node === undefined || node.kind === "list") return undefined;
  if (node.kind === "scalar") {
    return node.text.type === "null" ? undefined : { place: node.place, name: node.text };
  }
  return {
    place: node.place,
    ...fieldAt(node, "name", "name"),
    ...fieldAt(node, "url", "url"),
    ...fieldAt(node, "action", "action"),
    ...fieldAt(node, "on_stop", "onStop"),
    ...fieldAt(node, "deployment_tier", "deploymentTier"),
  };
}

const NO_PROVIDERS: ReadonlySet<string> = new Set(["file", "token"]);

function secretsOf(node: PlacedNode | undefined): GitlabSecret[] {
  if (node?.kind !== "map") return [];
  return node.entries.map(({ key, value }) => {
    const map = value.kind === "map" ? value : undefined;
    const provider = map?.entries.find((entry) => !NO_PROVIDERS.has(entry.key.value))?.key.value;
    return {
      name: key.value,
      key: key.place,
      ...(provider === undefined ? {} : { provider }),
      ...fieldAt(map, "file", "file"),
      ...fieldAt(map, "token", "token"),
    };
  });
}

function triggerOf(node: PlacedNode | undefined): GitlabTrigger | undefined {
  if (node === undefined || node.kind === "list") return undefined;
  if (node.kind === "scalar") {
    return node.text.type === "null" ? undefined : { place: node.place, project: node.text, includes: [] };
  }
  const include = nodeAt(node, "include");
  const forward = nodeAt(node, "forward");
  const forwarded = forward?.kind === "map" ? forward : undefined;
  return {
    place: node.place,
    ...fieldAt(node, "project", "project"),
    ...fieldAt(node, "branch", "branch"),
    ...fieldAt(node, "strategy", "strategy"),
    ...fieldAt(forwarded, "pipeline_variables", "forwardPipelineVariables"),
    ...fieldAt(forwarded, "yaml_variables", "forwardYamlVariables"),
    includes: include === undefined ? [] : (include.kind === "list" ? include.items : [include]).map(triggerInclude),
  };
}

function triggerInclude(node: PlacedNode): GitlabTriggerInclude {
  const { place } = node;
  if (node.kind === "scalar") return { kind: "local", local: node.text, place };
  if (node.kind === "list") return { kind: "other", place };
  const [local, artifact, project] = ["local", "artifact", "project"].map((key) => scalarAt(node, key));
  if (artifact !== undefined) return { kind: "artifact", artifact, ...fieldAt(node, "job", "job"), place };
  if (local !== undefined) return { kind: "local", local, place };
  if (project !== undefined) return { kind: "project", project, ...fieldAt(node, "ref", "ref"), place };
  const text = scalarOf(node.entries[0]?.value);
  return { kind: "other", ...(text === undefined ? {} : { text }), place };
}

function releaseOf(node: PlacedNode | undefined): GitlabRelease | undefined {
  if (node?.kind !== "map") return undefined;
  return {
    place: node.place,
    ...fieldAt(node, "tag_name", "tagName"),
    ...fieldAt(node, "description", "description"),
  };
}

function matrixOf(node: PlacedNode | undefined): GitlabVariable[] {
  const maps = node?.kind === "list" ? node.items : [];
  return maps.flatMap((map) =>
    map.kind !== "map"
      ? []
      : map.entries.map(({ key, value }) => ({
          name: key.value,
          key: key.place,
          options: textsOf(value),
          detailed: false,
          others: [],
        })),
  );
}

function stepOf(node: PlacedNode, reader: JobReader): GitlabJob["run"][number][] {
  if (node.kind !== "map") return [];
  return [{ place: node.place, ...fieldAt(node, "step", "step"), script: reader.lines(nodeAt(node, "script")) }];
}
