/** From alerts to what is done about them: decided, looked at, limited, done and told, each action by itself. */
import { setTimeout as delay } from "node:timers/promises";
import { readClock } from "../../../core/clock.ts";
import type { Policy } from "../../../core/policy.ts";
import { Problem } from "../../../core/problem.ts";
import type { ResponseAction } from "../../../engines/events/respond/model.ts";
import type { Prepared } from "./actions/action.ts";
import { type ActionContext, createActions, laneOf } from "./actions/all.ts";
import { createDecider, type Decider, type Whom, whomOf } from "./decide.ts";
import { createLimits } from "./limits.ts";
import type {
  Responder,
  ResponderParts,
  ResponseCounts,
  ResponseOutcome,
  ResponseRecord,
  ResponseRequest,
} from "./model.ts";
import { noteOf } from "./notes.ts";
import { createTelling } from "./telling.ts";

/** Alerts that are worked on at once; over it they are counted and left. */
const MOST_WORKED_ON = 500;
/** Milliseconds between looks for what is known of a container that has only just begun. */
const TRIES = [0, 50, 150, 500, 1_500, 3_000] as const;
/** Milliseconds that one action may take, its looking included. */
const LIMIT = 60_000;

export interface ResponderOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Milliseconds before each look for a container's facts. */
  readonly tries?: readonly number[];
}

export function createResponder(initial: Policy, parts: ResponderParts, options: ResponderOptions = {}): Responder {
  const { now = () => readClock().getTime(), tries = TRIES } = options;
  const counts = { ...NONE };
  const limits = createLimits(initial.runtime.responseLimits);
  const telling = createTelling(parts, counts, now);
  const ended = new AbortController();
  const work = new Set<Promise<void>>();
  /** What is being done at this moment: the same again changes nothing. */
  const underWay = new Set<string>();
  let policy = initial;
  let decider: Decider = createDecider(initial.runtime, parts.own);
  const actions = createActions(parts, () => policy);

  const mode = () => (policy.origin.kind === "tree" ? "off" : policy.runtime.respond);

  async function whomFor({ container }: ResponseRequest): Promise<Whom | undefined> {
    if (container === undefined) return { kind: "host", workload: parts.node };
    for (const wait of tries) {
      if (wait > 0) await delay(wait, undefined, { signal: ended.signal, ref: false }).catch(() => undefined);
      const facts = parts.containerOf(container);
      // The first 12 characters may be another container's too.
      const whom = whomOf(facts?.fullId.startsWith(container) === true ? facts : undefined, parts.node);
      if (whom !== undefined || ended.signal.aborted) return whom;
    }
    return undefined;
  }

  async function run(request: ResponseRequest): Promise<void> {
    const whom = await whomFor(request);
    if (whom === undefined) {
      const workload = `container ${request.container?.slice(0, 12) ?? ""}`;
      const reason = "nothing is known of the container, so that it may be exempt";
      return await telling.tell(request, { workload, action: "none", target: workload, outcome: "failed", reason });
    }
    const { actions: wanted, exempt } = decider.decide(request, whom);
    const { workload } = whom;
    if (exempt !== undefined) {
      for (const action of wanted) {
        await telling.tell(request, { workload, action, target: workload, outcome: "exempt", reason: exempt });
      }
      return;
    }
    const lanes = Map.groupBy(wanted, laneOf);
    await Promise.all([...lanes.values()].map((lane) => inOrder(lane, request, whom)));
  }

  async function inOrder(lane: readonly ResponseAction[], request: ResponseRequest, whom: Whom): Promise<void> {
    for (const action of lane) await one(action, { request, whom });
  }

  async function one(action: ResponseAction, context: ActionContext): Promise<void> {
    const { request, whom } = context;
    const { workload } = whom;
    const key = keyOf(action, context);
    if (underWay.has(key)) {
      counts.unchanged += 1;
      return;
    }
    underWay.add(key);
    let target = workload;
    const tell = (outcome: ResponseOutcome, more: Partial<ResponseRecord> = {}) =>
      telling.tell(request, { workload, action, target, outcome, ...more });
    try {
      const prepared: Prepared = await within(actions.prepare(action, context));
      target = prepared.target;
      const reason = prepared.reason === undefined ? {} : { reason: prepared.reason };
      if (prepared.settled !== undefined) return await tell(prepared.settled, reason);
      const reached = limits.take(request.rule, workload, now());
      if (reached !== undefined) return await tell("limited", { reason: reached });
      // A policy may have been adopted meanwhile that does not want it any more.
      if (mode() === "off") return;
      if (mode() === "dry-run") return await tell("dry-run", reason);
      const { outcome = "done", ...acted } = await within(prepared.act());
      await tell(outcome, { ...reason, ...acted });
    } catch (error) {
      await tell("failed", { reason: reasonOf(error) });
    } finally {
      underWay.delete(key);
    }
  }

  const responder: Responder = {
    respond(request) {
      if (ended.signal.aborted || mode() === "off" || !decider.mayRespond(request)) return;
      if (work.size >= MOST_WORKED_ON) {
        counts.crowded += 1;
        return;
      }
      const done: Promise<void> = run(request)
        // What goes wrong in telling is no reason to end a guard.
        .catch(() => {
          counts.failed += 1;
        })
        .finally(() => work.delete(done));
      work.add(done);
    },
    adopt(next) {
      policy = next;
      decider = createDecider(next.runtime, parts.own);
      limits.adopt(next.runtime.responseLimits);
    },
    notes: () => noteOf(policy, parts),
    counts: () => ({ ...counts }),
    async sensorBegan() {
      if (parts.tell !== undefined) await actions.protection.renew(parts.tell);
    },
    async settled() {
      while (work.size > 0) await Promise.all(work);
    },
    async close() {
      ended.abort();
      await responder.settled();
      actions.close();
    },
  };
  return responder;
}

const NONE: { -readonly [Key in keyof ResponseCounts]: number } = {
  done: 0,
  "dry-run": 0,
  unchanged: 0,
  gone: 0,
  exempt: 0,
  limited: 0,
  failed: 0,
  undone: 0,
  crowded: 0,
  unwritten: 0,
};

function keyOf(action: ResponseAction, { request, whom }: ActionContext): string {
  if (action === "kill") return `${action} ${request.process?.pid}`;
  const pod = whom.kind === "container" ? whom.facts.details?.pod : undefined;
  if (laneOf(action) === "pod") return `${action} ${pod?.uid ?? whom.workload}`;
  return `${action} ${whom.kind === "container" ? whom.facts.fullId : whom.workload}`;
}

async function within<T>(work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(LIMIT, undefined, { signal: timer.signal, ref: false }).then(
    () => {
      throw new Problem({
        kind: "unavailable",
        code: "response.failed",
        place: "response",
        cause: `took longer than ${LIMIT / 1_000} seconds`,
      });
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

/** A bug must not keep other responses from being carried out: it is told as what it is. */
function reasonOf(error: unknown): string {
  if (error instanceof Problem) {
    return `${error.place}: ${error.message}${error.remedy === undefined ? "" : ` (${error.remedy})`}`;
  }
  return `internal error, please report it: ${error instanceof Error ? error.message : String(error)}`;
}
