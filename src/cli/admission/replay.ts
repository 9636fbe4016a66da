import { asProblem, Problem } from "../../core/problem.ts";
import { writeWhole } from "../../engines/files/write.ts";
import type { ClusterView } from "../../guards/admission/model.ts";
import type { Recorded, RecordedOutcome } from "../../guards/admission/record.ts";
import { viewOfFiles } from "../../guards/admission/trial/cluster-view.ts";
import { recordsOf, replay } from "../../guards/admission/trial/replay.ts";
import { renderReplay, renderReplayJson } from "../../report/admission/replay.ts";
import type { ChangeView, ReplayView } from "../../report/admission/replay-view.ts";
import type { ReasonView, UnreadView } from "../../report/admission/trial-view.ts";
import { outputDefaults } from "../../report/options.ts";
import { parseNow } from "../evaluation.ts";
import { parseFormatsOf } from "../output-options.ts";
import { createProgress } from "../progress.ts";
import { writeStream } from "../write-stream.ts";
import { type AskingOptions, openGuard } from "./guard.ts";
import { namespaceLabels } from "./labels.ts";
import { requestView, withoutImage } from "./request-view.ts";
import { PATIENCE } from "./test-options.ts";

export interface ReplayOptions extends AskingOptions {
  readonly namespaceLabels: readonly string[];
  readonly format: readonly string[];
  readonly all: boolean;
  readonly quiet: boolean;
  readonly now?: string;
}

/** Changes that are kept, and lines that are told as not read. */
const MOST = 100_000;

/**
 * `bulkhead admission replay LOG`: recorded requests, decided by the policy that is named. Ends with 1 where one that was
 * admitted would be refused, with 3 where that is unknown or lines were not read, else with 0.
 */
export async function admissionReplay(log: string, options: ReplayOptions): Promise<number> {
  const outputs = parseFormatsOf(["text", "json"], options.format, process.stdout);
  const now = options.now === undefined ? undefined : parseNow(options.now);
  const labels = namespaceLabels(options.namespaceLabels, "default");
  const cluster: ClusterView = viewOfFiles({ objects: [], namespaces: [] }, { labels });
  const namespaces = await namespacesOf(log);
  const opened = await openGuard(options, { root: process.cwd(), cluster, scope: "recorded", namespaces });
  const progress = createProgress(process.stderr, options.quiet);
  const counts = { replayed: 0, skipped: 0, same: 0, valueless: 0 };
  const changes: ChangeView[] = [];
  const unread: UnreadView[] = [];
  const times: string[] = [];
  try {
    for await (const { line, record } of recordsOf(log)) {
      if (record instanceof Problem) {
        if (unread.length < MOST) unread.push(unreadOf(record, line));
        continue;
      }
      if (record.webhook === "mutate") {
        counts.skipped++;
        continue;
      }
      progress.update(`deciding request ${counts.replayed + 1} again`);
      const change = await decided(record, line);
      if (change === undefined) continue;
      counts.replayed++;
      times[times.length === 0 ? 0 : 1] = record.time;
      if (change === "same") counts.same++;
      else if (changes.length < MOST) changes.push(change);
    }
    progress.clear();
  } finally {
    progress.clear();
    opened.close();
  }

  async function decided(record: Recorded, line: number): Promise<ChangeView | "same" | undefined> {
    try {
      const again = await replay(opened.guard, record, {
        milliseconds: PATIENCE,
        ...(now === undefined ? {} : { now }),
      });
      if (again.withoutValues) counts.valueless++;
      if (again.change === "same") return "same";
      const request = requestView({ decision: again.decision, patch: [] }, undefined, (path) => path);
      const { change, gone, added } = again;
      return { change, line, time: record.time, request, gone: gone.map(reasonOf), added: added.map(reasonOf) };
    } catch (error) {
      const problem = asProblem(error, `${log}:${line}`);
      if (!(problem instanceof Problem)) throw error;
      unread.push(unreadOf(problem, line));
      return undefined;
    }
  }

  const [from, to = from] = times;
  const view: ReplayView = {
    subject: log,
    policy: opened.origin,
    replayed: counts.replayed,
    skipped: counts.skipped,
    same: counts.same,
    ...(from === undefined || to === undefined ? {} : { from, to }),
    changes,
    unread,
    notes: [
      ...opened.notes,
      ...(counts.skipped === 0 ? [] : [`${counts.skipped} of the mutating webhook are left out: it refuses nothing`]),
      ...(counts.valueless === 0
        ? []
        : [`${counts.valueless} rested on values of variables, which are not recorded: those reasons are left out`]),
    ],
    exitCode: exitCodeOf(changes, unread, counts.replayed),
  };
  const { columns, color } = outputDefaults(process.stdout, process.env);
  for (const { format = "text", file } of outputs) {
    const page =
      file === undefined ? { columns, color, all: options.all } : { columns: 100, color: false, all: options.all };
    const text = format === "json" ? renderReplayJson(view) : renderReplay(view, page);
    if (file === undefined) await writeStream(process.stdout, [text]);
    else writeWhole(file, text, { within: [process.cwd()] });
  }
  return view.exitCode;
}

/** What a policy says depends on them. */
async function namespacesOf(log: string): Promise<Set<string | undefined>> {
  const found = new Set<string | undefined>();
  for await (const { record } of recordsOf(log)) {
    if (record instanceof Problem) continue;
    const request = record.review.request as { readonly namespace?: unknown } | undefined;
    if (typeof request?.namespace === "string") found.add(request.namespace);
  }
  return found;
}

function unreadOf({ message, place }: Problem, line: number): UnreadView {
  return { place: place.includes(":") ? place : `line ${line}`, reason: message };
}

function reasonOf({ place, ...outcome }: RecordedOutcome): ReasonView {
  const message = withoutImage(outcome.message, outcome.image);
  return { ...outcome, message, ...(place === undefined ? {} : { policy: place }) };
}

function exitCodeOf(changes: readonly ChangeView[], unread: readonly UnreadView[], replayed: number): 0 | 1 | 3 {
  const refused = changes.filter(({ change }) => change === "refused");
  if (refused.some(({ request }) => request.answer === "refused")) return 1;
  return refused.length > 0 || unread.length > 0 || replayed === 0 ? 3 : 0;
}
