/** How bad a value is where it is run as code: by what may be written into it, by whom, and in what kind of run. */
import type { Confidence } from "../../../core/finding.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type { GithubFile, StepsJob } from "../../../engines/pipelines/model.ts";
import { eventsFilling, reachOf } from "../../knowledge/event-contexts.ts";
import { textsOf } from "./expressions.ts";
import { type Origin, reads } from "./origins.ts";
import { mayWrite, permissionsOf } from "./steps.ts";

export interface Exposure {
  readonly severity: RatedSeverity;
  readonly confidence: Confidence;
  /** Who, as half a sentence: `anyone can set it by an issue_comment event`. */
  readonly reason: string;
  /** The trigger that it is about. */
  readonly event?: string;
}

/** Whoever opens a pull request picks one of the repository's own branches; nobody else makes labels and milestones, or puts them on. */
const INSIDERS = [
  { what: "branches", named: /^github\.(?:base_ref|event\.pull_request\.base\.(?:ref|label))$/ },
  {
    what: "labels",
    named:
      /^github\.event\.(?:label|(?:issue|pull_request|discussion)\.labels)(?:\.(?:\*|\d+))?(?:\.(?:name|description))?$/,
  },
  {
    what: "milestones",
    named: /^github\.event\.(?:(?:issue|pull_request)\.)?milestone(?:\.(?:title|description))?$/,
  },
] as const;

/** Undefined of what is fixed. */
export function exposureOf(origin: Origin, file: GithubFile, job: StepsJob | undefined): Exposure | undefined {
  const { capability, from, name } = origin;
  if (capability === "fixed") return undefined;
  if (from === "person") {
    return { severity: "medium", confidence: "high", reason: "whoever starts the workflow by hand can set it" };
  }
  if (from === "caller" && capability === "arbitrary") {
    return { severity: "medium", confidence: "medium", reason: "the caller can pass any text" };
  }
  if (capability === "unknown") {
    return { severity: "low", confidence: "low", reason: "its value is set by what runs" };
  }
  const insiders = INSIDERS.find(({ named }) => named.test(name));
  if (insiders !== undefined) {
    const reason = `people with write access name the repository's ${insiders.what}`;
    return { severity: "medium", confidence: "high", reason };
  }
  const worst = byEvent(origin, file, job);
  if (capability === "arbitrary") return worst;
  // A login or an address of GitHub's own holds nothing that a shell acts on, as far as GitHub's forms hold.
  const isName = name.endsWith("actor") || name.endsWith(".login");
  return { ...worst, severity: isName || worst.severity === "low" ? "low" : "medium" };
}

function byEvent({ name }: Origin, file: GithubFile, job: StepsJob | undefined): Exposure {
  if (file.kind === "action") {
    return { severity: "high", confidence: "medium", reason: "workflows with any trigger can use the action" };
  }
  const filling = eventsFilling(name);
  const events = file.on.map(({ event }) => event).filter((event) => filling?.includes(event) ?? true);
  const open = events.filter((event) => event !== "workflow_call");
  const outside = open.find((event) => reachOf(event) === "outside");
  if (outside !== undefined) {
    const reason = `anyone can set it by a ${outside} event`;
    const severity = hasSomethingToLose(file, job) ? "critical" : "high";
    return { severity, confidence: "high", reason, event: outside };
  }
  const fork = open.find((event) => reachOf(event) === "fork");
  if (fork !== undefined) {
    return { severity: "high", confidence: "high", reason: `anyone can set it by a ${fork} event`, event: fork };
  }
  if (file.on.some(({ event }) => event === "workflow_call")) {
    const reason = "callers with any trigger can use the workflow";
    return { severity: "high", confidence: "medium", reason, event: "workflow_call" };
  }
  const [inside] = open;
  if (inside === undefined)
    return { severity: "low", confidence: "medium", reason: "no trigger of the workflow fills it in" };
  const reason = `people with write access can set it by a ${inside} event`;
  return { severity: "medium", confidence: "high", reason, event: inside };
}

/** Its token may write, or as far as the file says could, or it is handed secrets. */
function hasSomethingToLose(file: GithubFile, job: StepsJob | undefined): boolean {
  if (file.kind !== "workflow" || job === undefined) return true;
  if (mayWrite(permissionsOf(file, job)) !== false) return true;
  const read = readingSecrets(file);
  return read.has(undefined) || read.has(job.id);
}

const secretReaders = new WeakMap<GithubFile, ReadonlySet<string | undefined>>();

/** Jobs with an expression that reads a secret, by their ids; undefined stands for the workflow's own fields. */
function readingSecrets(file: GithubFile): ReadonlySet<string | undefined> {
  const known = secretReaders.get(file);
  if (known !== undefined) return known;
  const found = new Set<string | undefined>();
  for (const { text, job } of textsOf(file)) {
    if (found.has(job?.id)) continue;
    // The job's own token is no secret of the repository.
    const isRead = text.expressions.some((one) => reads(one, "secrets") && !/GITHUB_TOKEN/i.test(one.source));
    if (isRead) found.add(job?.id);
  }
  secretReaders.set(file, found);
  return found;
}
