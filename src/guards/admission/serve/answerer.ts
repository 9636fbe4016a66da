/**
 * Requests of an API server and their answers. What is no decision is a status that is no success, so that the webhook's
 * failurePolicy holds; but a review that cannot be read for what stands in its object is decided: whoever writes an object must
 * not be able to choose between the two.
 */
import { Problem } from "../../../core/problem.ts";
import { createReviewReader } from "../../../engines/admission/alike.ts";
import { bounds as reviewBounds } from "../../../engines/admission/bounds.ts";
import type { AdmissionRequest } from "../../../engines/admission/model.ts";
import { writeAnswer } from "../../../engines/admission/review.ts";
import type { RequestHead, ServerAnswer, ServerRequest } from "../../../net/server-model.ts";
import type { Decision, Guard, PolicySet, Webhook } from "../model.ts";
import { hardest, unknownEvaluation } from "../unknown.ts";
import { bounds } from "./bounds.ts";
import { askedMilliseconds, createDeadline, type Deadline, innerMilliseconds } from "./deadline.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Decided } from "./log-line.ts";
import type { Meters } from "./meters.ts";

export interface AnswererOptions {
  readonly guard: Guard;
  /** Undefined: none was read yet. */
  policies(): PolicySet | undefined;
  readonly meters: Meters;
  readonly now: () => Date;
  readonly gate?: Gate;
  /** Told of each decision after it is answered. */
  onDecided(decided: Decided): void;
  /** A mistake of ours. */
  onError(error: unknown): void;
}

/** What of `ServerOptions` answers. */
export interface Answerer {
  admit(head: RequestHead): ServerAnswer | undefined;
  handle(request: ServerRequest): Promise<ServerAnswer>;
  tooLarge(head: RequestHead, beginning: Buffer): ServerAnswer | undefined;
}

const WEBHOOKS: Readonly<Record<string, Webhook>> = { "/mutate": "mutate", "/validate": "validate" };

export function createAnswerer(options: AnswererOptions): Answerer {
  const { guard, policies, meters, now, gate = createGate(), onDecided, onError } = options;
  const reader = createReviewReader();

  function failure(reason: string, status: number, text: string): ServerAnswer {
    meters.failures.add(1, { reason });
    return { status, body: `${text}\n`, ...(status === 503 ? { headers: { "retry-after": "1" } } : {}) };
  }

  /** Within the API server's time and the policy's, from when the request came. */
  function deadlineFor(head: RequestHead, seconds = Number.POSITIVE_INFINITY): Deadline {
    const whole = Math.min(innerMilliseconds(askedMilliseconds(head.query)), seconds * 1_000);
    return createDeadline(whole - (performance.now() - head.arrivedAt));
  }

  async function handle(request: ServerRequest): Promise<ServerAnswer> {
    const webhook = WEBHOOKS[request.path] as Webhook;
    if (policies() === undefined) return failure("not-ready", 503, "no policy is in force yet");
    const waiting = deadlineFor(request);
    const entry = await gate.enter(request.body.length, waiting.signal);
    waiting.clear();
    if (entry === "full") return failure("overloaded", 503, "too many requests wait");
    if (entry === "late") return failure("late", 503, "the request's time was over before its turn came");
    try {
      return await decide(request, webhook);
    } finally {
      gate.leave(request.body.length);
    }
  }

  async function decide(request: ServerRequest, webhook: Webhook): Promise<ServerAnswer> {
    let read: AdmissionRequest;
    try {
      read = reader.read(request.body);
    } catch (error) {
      if (error instanceof Problem) return unreadable(request.body, webhook, error);
      throw error;
    }
    const policy = policies()?.forNamespace(read.namespace).policy;
    const deadline = deadlineFor(request, policy?.admission.deadlineSeconds);
    const asked = { webhook, now: now(), deadline: deadline.signal };
    // Whoever asked is gone: nobody needs the rest.
    request.whenGone(() => deadline.abort());
    try {
      const decision = await inTime(guard.decide(read, asked), deadline.signal);
      if (decision === undefined) {
        onError(new Error("a decision came too late"));
        return failure("late", 503, "no decision in time");
      }
      const answer = writeAnswer(decision.answer);
      const milliseconds = performance.now() - request.arrivedAt;
      // The answer goes first.
      setImmediate(() => settle({ decision, webhook, now: asked.now, milliseconds }));
      return { status: 200, headers: { "content-type": "application/json" }, body: answer };
    } finally {
      deadline.clear();
    }
  }

  function settle(decided: Decided): void {
    const { decision, webhook, milliseconds } = decided;
    const { request, answer, basis, outcomes, images, environment = "" } = decision;
    const { operation } = request;
    meters.decisions.add(1, { webhook, operation, allowed: String(answer.allowed), basis });
    meters.seconds.observe(milliseconds / 1_000, { webhook });
    for (const { check, verdict, action } of outcomes) meters.outcomes.add(1, { check, verdict, action, environment });
    for (const { cached } of images) meters.images.add(1, { cached: String(cached) });
    if (basis === "break-glass") meters.breakGlass.add(1, { namespace: request.namespace ?? "" });
    onDecided(decided);
  }

  /**
   * Nothing of it was judged: it is as bad as the worst that the policy of its namespace denies. What cannot be read is its
   * author's doing, so that the action is that of a finding.
   */
  function unreadable(body: Buffer, webhook: Webhook, problem: Problem): ServerAnswer {
    const begun = beginningOf(body);
    if (begun === undefined) return failure("unreadable", 400, problem.line());
    const { uid, namespace } = begun;
    meters.failures.add(1, { reason: "unreadable" });
    const { code, message: reason } = problem;
    const evaluation = { ...unknownEvaluation(namedBy(uid), now(), { code, reason }), verdict: "fail" } as const;
    const policy = policies()?.forNamespace(namespace);
    const stated = policy === undefined ? "deny" : policy.actionOf(hardest(policy, evaluation));
    const action = webhook === "mutate" ? "audit" : stated;
    const message = `bulkhead: the review cannot be read: ${reason}`;
    const answer =
      action === "deny"
        ? { uid, allowed: false, code: 422, message, warnings: [] }
        : { uid, allowed: true, warnings: action === "warn" ? [message] : [] };
    const auditAnnotations = { decision: action === "deny" ? "deny" : "allow", unread: code };
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      body: writeAnswer({ ...answer, auditAnnotations }),
    };
  }

  return {
    admit({ method, path, headers }) {
      if (WEBHOOKS[path] === undefined) return failure("path", 404, "no webhook here: /validate or /mutate");
      if (method !== "POST")
        return { ...failure("method", 405, "POST an AdmissionReview"), headers: { allow: "POST" } };
      const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
      if (type !== "application/json") return failure("content-type", 415, "the content type must be application/json");
      const encoding = headers["content-encoding"] ?? "identity";
      if (encoding !== "identity") return failure("content-type", 415, "the body must not be encoded");
      return undefined;
    },
    handle,
    tooLarge({ path }, beginning) {
      const cause = `larger than ${reviewBounds.reviewBytes} bytes`;
      return unreadable(
        beginning,
        WEBHOOKS[path] as Webhook,
        new Problem({ kind: "input", code: "admission.size", place: "AdmissionReview", cause }),
      );
    },
  };
}

/** A guard answers by itself before the deadline; should it not, waiting longer helps nobody. */
async function inTime(decision: Promise<Decision>, deadline: AbortSignal): Promise<Decision | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(resolve, bounds.graceMilliseconds, undefined);
  };
  if (deadline.aborted) onAbort();
  else deadline.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([decision, late]);
  } finally {
    deadline.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  }
}

/** As an API server writes a review: before anything that its client wrote. */
const BEGINNING =
  /^\s*\{\s*"kind"\s*:\s*"AdmissionReview"\s*,\s*"apiVersion"\s*:\s*"admission\.k8s\.io\/v1"\s*,\s*"request"\s*:\s*\{\s*"uid"\s*:\s*"([0-9A-Za-z._-]{1,128})"/;

/** What stands behind it, before the object: names are checked by then, and hold no quote. */
const NAMESPACE = /,\s*"namespace"\s*:\s*"([a-z0-9-]{1,63})"\s*,\s*"operation"\s*:\s*"[A-Z]+"\s*,\s*"userInfo"\s*:/;

function beginningOf(body: Buffer): { readonly uid: string; readonly namespace: string | undefined } | undefined {
  const text = body.subarray(0, 4_096).toString("latin1");
  const uid = BEGINNING.exec(text)?.[1];
  return uid === undefined ? undefined : { uid, namespace: NAMESPACE.exec(text)?.[1] };
}

function namedBy(uid: string): AdmissionRequest {
  return {
    uid,
    operation: "CREATE",
    kind: { group: "", version: "", kind: "AdmissionReview" },
    resource: { group: "", version: "", resource: "" },
    name: uid,
    user: { username: "", groups: [], extra: {} },
    dryRun: false,
  };
}
