/** Reads a GitLab pipeline ("CI/CD YAML syntax reference"). */
import { bounds } from "../bounds.ts";
import type { UnreadField } from "../field.ts";
import { isGitlabFragment } from "../system.ts";
import { entryOf, nodeAt, type PlacedMap } from "../yaml/model.ts";
import { type GitlabTree, putTogether } from "./files.ts";
import { defaultsOf, jobOf } from "./job.ts";
import { createBudget, extendJobs, resolveReferences, weigh } from "./merge.ts";
import type { GitlabPipeline, GitlabWorkflow } from "./model.ts";
import { rulesOf } from "./rules.ts";
import { runsOf } from "./runs.ts";
import { createJobReader, SETTINGS } from "./settings.ts";
import { fieldAt, textsOf } from "./texts.ts";
import { variablesOf } from "./variables.ts";

export type { GitlabTree } from "./files.ts";

/**
 * @param path - relative to the tree's root
 * @param parent - absent of what GitLab begins with, whose folder is the project's
 * @throws Problem `pipelines.broken`, kind input, with the line: the file is broken, or all that it includes is over a bound
 */
export function readGitlabPipeline(
  path: string,
  text: string,
  tree: GitlabTree,
  parent?: Pick<GitlabPipeline, "folder">,
): GitlabPipeline {
  const unread: UnreadField[] = [];
  const budget = createBudget();
  const folder = parent?.folder ?? path.slice(0, path.lastIndexOf("/") + 1);
  const { root: written, files, inputs, includes, sourceOf } = putTogether(path, text, folder, tree, budget, unread);
  const root = resolveReferences(extendJobs(written, budget, unread), budget, unread);
  weigh(root, budget);
  const reader = createJobReader(unread, sourceOf);
  const stages = nodeAt(root, "stages") ?? nodeAt(root, "types");
  const workflow = workflowOf(root, unread);
  const defaults = withGlobals(root);
  const jobs = root.entries.flatMap((entry) => {
    if (GLOBAL.has(entry.key.value)) return [];
    const job = jobOf(entry, defaults, reader);
    if (job === undefined && !entry.key.value.startsWith(".")) {
      const reason = `${entry.key.value.slice(0, 80)} is no keyword of a pipeline that is known, and no job`;
      unread.push({ place: entry.key.place, reason });
    }
    return job === undefined ? [] : { ...job, runs: runsOf(job, workflow) };
  });
  return {
    kind: "gitlab",
    path,
    folder,
    child: parent !== undefined,
    fragment: inputs.length > 0 || isGitlabFragment(path),
    files,
    unread: eachOnce(unread),
    unreadScripts: eachOnce(reader.unreadScripts),
    inputs,
    includes,
    ...(stages === undefined ? {} : { stages: textsOf(stages) }),
    variables: variablesOf(nodeAt(root, "variables")),
    ...(workflow === undefined ? {} : { workflow }),
    default: defaultsOf(defaults, reader),
    jobs,
  };
}

/** Keys that are no jobs. */
const GLOBAL: ReadonlySet<string> = new Set([
  ..."default include stages types variables workflow spec".split(" "),
  ..."image services cache before_script after_script".split(" "),
]);

/** `default` with the keywords that may stand at the top in its place; what `default` states counts. */
function withGlobals(root: PlacedMap): PlacedMap {
  const stated = nodeAt(root, "default");
  const map: PlacedMap = stated?.kind === "map" ? stated : { kind: "map", place: root.place, entries: [] };
  const globals = root.entries.filter(
    ({ key }) => GLOBAL.has(key.value) && SETTINGS.has(key.value) && entryOf(map, key.value) === undefined,
  );
  return globals.length === 0 ? map : { ...map, entries: [...map.entries, ...globals] };
}

function workflowOf(root: PlacedMap, unread: UnreadField[]): GitlabWorkflow | undefined {
  const entry = entryOf(root, "workflow");
  if (entry === undefined) return undefined;
  const map = entry.value.kind === "map" ? entry.value : undefined;
  const rules = nodeAt(map, "rules");
  const cancel = nodeAt(map, "auto_cancel");
  const cancelMap = cancel?.kind === "map" ? cancel : undefined;
  return {
    key: entry.key.place,
    ...fieldAt(map, "name", "name"),
    ...(rules === undefined ? {} : { rules: rulesOf(rules, unread) }),
    ...(cancelMap === undefined
      ? {}
      : {
          autoCancel: {
            ...fieldAt(cancelMap, "on_new_commit", "onNewCommit"),
            ...fieldAt(cancelMap, "on_job_failure", "onJobFailure"),
          },
        }),
  };
}

function eachOnce(unread: readonly UnreadField[]): UnreadField[] {
  const known = new Map(
    unread.map((one) => [`${one.place.path} ${one.place.start} ${one.place.end} ${one.reason}`, one] as const),
  );
  return [...known.values()].slice(0, bounds.unreadFields);
}
