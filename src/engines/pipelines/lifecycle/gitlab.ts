/** A pipeline of GitLab as what it does to images. */
import { append } from "../../../core/append.ts";
import { bounds } from "../bounds.ts";
import type { Place } from "../field.ts";
import { mayFail } from "../gitlab/gate.ts";
import type { GitlabJob, GitlabLine, GitlabPipeline } from "../gitlab/model.ts";
import { exportedBy, NO_SCANNER_FILES, type ScannerFiles, type ScannerSettings } from "../scanner-settings.ts";
import { LOOKS_AT_CODES, STRICT } from "../script-options.ts";
import { isShallowAfter, isShallowInGitlab } from "./checkout.ts";
import { type Gathered, mention, setBy, startGathering, stepOf, takeCommand } from "./gathered.ts";
import type { Known } from "./image.ts";
import type { LifecyclePipeline } from "./model.ts";
import { silencedBy } from "./silenced.ts";

export function gitlabLifecycle(pipeline: GitlabPipeline, files = NO_SCANNER_FILES): LifecyclePipeline {
  const gathered = startGathering();
  const jobs = pipeline.jobs.filter(({ hidden, when }) => !hidden && when?.value !== "never");
  for (const { place, reason } of pipeline.unreadScripts) gathered.opaque.push({ what: reason, place });
  for (const include of pipeline.includes) {
    // GitLab's own templates are known by what they are called; what other projects keep is not read.
    if (include.kind === "local" && include.paths.length > 0) continue;
    if (include.kind === "template") takeTemplate(gathered, include.template.value, include.place, pipeline.path);
    else gathered.opaque.push({ what: `include:${include.kind}`, place: include.place });
  }
  const shared = knownOf(pipeline.variables);
  for (const job of jobs) takeJob(gathered, job, pipeline.path, { shared, files });
  return {
    path: pipeline.path,
    system: "gitlab",
    name: pipeline.path,
    ...gathered,
    before: beforeEach(
      jobs,
      pipeline.stages?.map(({ value }) => value),
    ),
  };
}

function takeTemplate(into: Gathered, template: string, place: Place, path: string): void {
  const at = { path, job: template, index: 0, place, known: new Map() };
  // Its findings are told in the merge request, and fail nothing.
  const told = "its job may fail (allow_failure), and findings are told in the merge request alone";
  if (/Secret-Detection/.test(template))
    into.steps.push(stepOf({ role: "secret-scan", tool: "Secret-Detection" }, at, told));
  if (/Container-Scanning/.test(template))
    into.steps.push(stepOf({ role: "scan", tool: "Container-Scanning" }, at, told));
  if (/^Auto-DevOps|Jobs\/Build/.test(template)) into.opaque.push({ what: `template ${template}`, place });
}

function takeJob(
  into: Gathered,
  job: GitlabJob,
  path: string,
  { shared, files }: { readonly shared: Known; readonly files: ScannerFiles },
): void {
  const known = knownOf(job.variables, shared);
  const script = [...job.beforeScript, ...job.script].map(({ text }) => text.value).join("\n");
  const options = LOOKS_AT_CODES.test(script) ? undefined : STRICT;
  const settings: ScannerSettings = { variables: new Map([...known, ...exportedBy(script)]), folder: "", files };
  const told = mayFail(job) ? "its job may fail (allow_failure)" : undefined;
  let index = 0;
  let isShallow = isShallowInGitlab(job, known);
  const take = ({ commands, text }: GitlabLine, isAfter: boolean): void => {
    for (const command of commands) {
      const written = command.words[0]?.text ?? "";
      const program = command.program ?? written;
      const words = command.arguments.map((word) => word.text);
      const { line, column, start, end } = command.programWord?.range ?? command.range;
      const place = { path: text.place.path, line, column, start, end };
      const ignored = told ?? (isAfter ? "after_script changes no result" : silencedBy(command, commands, options));
      const run = { program, written, words, redirections: command.redirections, ...setBy(command) };
      takeCommand(
        into,
        run,
        { path, job: job.name, index, place, known, settings, isShallow, system: "gitlab" },
        ignored,
      );
      if (program === "git") isShallow = isShallowAfter(words, isShallow);
      index++;
    }
  };
  for (const line of [...job.beforeScript, ...job.script, ...job.run.flatMap(({ script }) => script)])
    take(line, false);
  for (const line of job.afterScript) take(line, true);
  for (const { value, place } of job.artifacts?.paths ?? []) {
    mention(into, { text: value, place, job: job.name, index: index + 1, upload: true });
  }
  for (const { name, paths } of job.artifacts?.reports ?? []) {
    // GitLab reads what it is handed as such a report.
    const isRead = name.value === "cyclonedx";
    for (const { value, place } of paths) {
      mention(into, { text: value, place, job: job.name, index: index + 1, upload: !isRead });
    }
  }
  if (job.trigger?.includes.some(({ kind }) => kind !== "local")) {
    into.opaque.push({ what: `a pipeline that job ${job.name} starts`, place: job.trigger.place });
  }
}

function knownOf(variables: GitlabPipeline["variables"], outer: Known = new Map()): Known {
  const known = new Map(outer);
  for (const { name, value } of variables) if (value !== undefined) known.set(name, value.value);
  return known;
}

const STAGES = ["build", "test", "deploy"];

/**
 * `needs` where it is stated, with what those waited for, else every job of an earlier stage ("CI/CD YAML syntax reference",
 * stages, needs). Jobs of one stage share one set.
 */
function beforeEach(
  jobs: readonly GitlabJob[],
  stated: readonly string[] = STAGES,
): ReadonlyMap<string, ReadonlySet<string>> {
  if (jobs.length > bounds.lifecycleJobs) return new Map();
  const order = [".pre", ...stated.filter((stage) => stage !== ".pre" && stage !== ".post"), ".post"];
  const places = new Map(order.map((stage, at) => [stage, at]));
  const stageOf = ({ stage }: GitlabJob): number => places.get(stage?.value ?? "test") ?? -1;
  const earlier = new Map<number, ReadonlySet<string>>();
  let ended: ReadonlySet<string> = new Set();
  for (const [stage, own] of [...Map.groupBy(jobs, stageOf)].sort(([a], [b]) => a - b)) {
    earlier.set(stage, ended);
    ended = new Set([...ended, ...own.map(({ name }) => name)]);
  }
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const waitedFor = (job: GitlabJob): ReadonlySet<string> => {
    if (job.needs === undefined) return earlier.get(stageOf(job)) ?? new Set();
    const found = new Set<string>();
    const pending = needsOf(job);
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (found.has(name)) continue;
      found.add(name);
      const needed = byName.get(name);
      if (needed !== undefined) append(pending, needed.needs === undefined ? waitedFor(needed) : needsOf(needed));
    }
    return found;
  };
  return new Map(jobs.map((job) => [job.name, waitedFor(job)]));
}

function needsOf({ needs = [] }: GitlabJob): string[] {
  return needs.flatMap((need) => (need.kind === "job" ? [need.job.value] : []));
}
