/**
 * Reports of what was admitted, in whichever form is installed: written behind the answers, each object's latest alone, at a
 * pace that the API server does not feel. What cannot be written is dropped and counted: no request waits for a report.
 */
import { Problem } from "../../core/problem.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import { type ReportForm, reportForms } from "../../engines/admission/report-names.ts";
import type { ClusterApi } from "../../engines/kubernetes/cluster/client.ts";
import { kindsOf } from "../../engines/kubernetes/cluster/discovery.ts";
import { applyObject, refusedReply } from "../../engines/kubernetes/cluster/writes.ts";
import { bounds as netBounds } from "../../net/bounds.ts";
import { type Clock, systemClock, waitBefore } from "../../net/retry.ts";
import { answered } from "./cluster/memory.ts";
import type { Decision, Guard } from "./model.ts";
import { bounds } from "./reports/bounds.ts";
import {
  draftReport,
  type ReportDraft,
  type Reported,
  reportedObject,
  reportName,
  reportOf,
} from "./reports/report.ts";

export interface AdmissionReports {
  /** Of an answered request of the validating webhook. Returns at once. */
  record(decision: Decision): void;
  /** Since the start, and now. */
  counts(): ReportCounts;
  /** Resolves once what waits is written, or the time for that is over. */
  close(): Promise<void>;
}

export interface ReportCounts {
  readonly written: number;
  readonly dropped: number;
  readonly waiting: number;
  /** Which form is installed; undefined: none, or not known yet. */
  readonly form?: ReportForm["kind"];
}

export interface ReportOptions {
  readonly api: ClusterApi;
  /** An update is answered by what it changes; its report is about the whole object, which is judged once more behind the answer. */
  readonly guard: Guard;
  readonly clock?: Clock;
  /** Why reports are not written; the same is told once until one is written again. */
  readonly onProblem?: (problem: Problem) => void;
}

/** A draft, or of an update what is still to be judged: a decision would hold whole objects in memory. */
interface Waiting {
  readonly reported: Reported;
  readonly content: ReportDraft | AdmissionRequest;
}

export function createReports({ api, guard, clock = systemClock, onProblem }: ReportOptions): AdmissionReports {
  const waiting = new Map<string, Waiting>();
  const ended = new AbortController();
  let [written, dropped] = [0, 0];
  let form: ReportForm | undefined;
  let looked: number | undefined;
  let told: string | undefined;
  let work: Promise<void> | undefined;

  function tell(problem: Problem): void {
    if (told === problem.code) return;
    told = problem.code;
    onProblem?.(problem);
  }

  /** The form that is installed now; looked for again after a while, so that an installation later is noticed. */
  async function installed(): Promise<ReportForm | undefined> {
    if (looked !== undefined && clock.now() - looked < bounds.lookMilliseconds) return form;
    const found = await answered("reports", async () => {
      for (const each of reportForms) {
        if ((await kindsOf(api, each))?.some(({ resource }) => resource === each.resource) === true) return each;
      }
      return undefined;
    });
    looked = clock.now();
    if (found instanceof Problem) tell(found);
    else form = found;
    return form;
  }

  async function drain(): Promise<void> {
    for (const [key, one] of waiting) {
      const to = await installed();
      waiting.delete(key);
      if (to === undefined) continue;
      if (await write(to, one)) {
        written++;
        told = undefined;
      } else dropped++;
      if (!ended.signal.aborted) await clock.sleep(bounds.paceMilliseconds, ended.signal).catch(() => undefined);
    }
    work = undefined;
  }

  async function write(to: ReportForm, { reported, content }: Waiting): Promise<boolean> {
    const draft = "results" in content ? content : await judged(reported, content);
    if (draft === undefined) return false;
    const place = { ...to, namespace: reported.namespace, name: reportName(reported) };
    for (let tries = 1; ; tries++) {
      const outcome = await answered(`${to.kind} ${reported.namespace}/${place.name}`, async () => {
        const reply = await applyObject(api, place, reportOf(to, draft));
        if (reply.status > 299)
          throw refusedReply(reply, `${to.kind} ${reported.namespace}`, `patch ${to.resource}.${to.group}`);
      });
      if (!(outcome instanceof Problem)) return true;
      tell(outcome);
      // The kind may have been taken away, or the namespace with all that is in it.
      if (outcome.code === "cluster.forbidden" || tries >= bounds.tries || ended.signal.aborted) return false;
      await clock.sleep(waitBefore(tries, undefined, netBounds, clock.random), ended.signal).catch(() => undefined);
    }
  }

  /** Of an update the whole object, and not its changes alone; undefined where it cannot be judged. */
  async function judged(
    reported: Reported,
    { oldObject: _, ...rest }: AdmissionRequest,
  ): Promise<ReportDraft | undefined> {
    // Nothing of it is noted in the cluster.
    const request: AdmissionRequest = { ...rest, operation: "CREATE", dryRun: true };
    const now = new Date(clock.now());
    try {
      const deadline = AbortSignal.timeout(bounds.judgeMilliseconds);
      return draftReport(reported, await guard.decide(request, { webhook: "validate", now, deadline }), now);
    } catch {
      return undefined;
    }
  }

  return {
    record(decision) {
      const reported = reportedObject(decision);
      if (reported === undefined || ended.signal.aborted) return;
      const key = `${reported.namespace}/${reported.uid}`;
      // Only the latest counts.
      waiting.delete(key);
      const { request } = decision;
      const content = request.operation === "UPDATE" ? request : draftReport(reported, decision, new Date(clock.now()));
      waiting.set(key, { reported, content });
      const [oldest] = waiting.keys();
      if (waiting.size > bounds.waiting && oldest !== undefined) {
        waiting.delete(oldest);
        dropped++;
      }
      work ??= drain();
    },
    counts: () => ({ written, dropped, waiting: waiting.size, ...(form === undefined ? {} : { form: form.kind }) }),
    async close() {
      ended.abort();
      const late = new AbortController();
      await Promise.race([work, clock.sleep(bounds.drainMilliseconds, late.signal).catch(() => undefined)]);
      late.abort();
      dropped += waiting.size;
      waiting.clear();
    },
  };
}
