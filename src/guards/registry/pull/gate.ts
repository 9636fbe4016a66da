/**
 * What may be pulled. A reference is resolved once, and the bytes that were judged are those that are sent; a blob goes with a
 * manifest that may be pulled, and what is said about an image with that image.
 */
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { createRecent } from "../../../core/recent.ts";
import type { ManifestReference } from "../../../engines/oci/distribution/model.ts";
import { LATE, within } from "../../../scan/serving/flights.ts";
import type { ImageKey, Store } from "../../../store/model.ts";
import { scanJob } from "../jobs.ts";
import type {
  Decision,
  Engine,
  Outcome,
  PullAsked,
  PullGate,
  RegistryPolicy,
  RegistryPolicySet,
  StoredManifest,
} from "../model.ts";
import { bounds } from "./bounds.ts";
import { contentReader } from "./contents.ts";
import type { OpenRepository } from "./engine-repository.ts";
import { createJudge } from "./judge.ts";
import { type Judgement, unknownOf } from "./judgement.ts";
import { breakGlassOf, createRunning, isGraceable } from "./leave.ts";
import { outcomesOf } from "./outcomes.ts";
import { createReferences } from "./references.ts";
import { engineRefusal, missing, reasonText, refusalOf } from "./refusal.ts";
import { createStatements, EMPTY_BLOB } from "./statements.ts";
import { pulledTrust } from "./trust.ts";
import { createVerdicts } from "./verdicts.ts";

export interface PullGateOptions {
  /** Those that are in force now; asked once for each pull. */
  policies(): RegistryPolicySet;
  readonly engine: Pick<Engine, "manifest">;
  readonly store: Pick<Store, "images" | "jobs" | "changes">;
  /** Where signatures and statements are read. */
  readonly open: OpenRepository;
  /** Of the guard, as images are named by: `registry.example.com`. */
  readonly host: string;
  /** Milliseconds since any time, which never goes back. */
  readonly clock?: () => number;
  /** Of what should not happen: it makes a verdict unknown, and somebody should know. */
  readonly onFault?: (error: unknown) => void;
}

export interface RunningPullGate extends PullGate {
  close(): void;
}

export function createPullGate(options: PullGateOptions): RunningPullGate {
  const { policies, engine, store, open, host, clock = () => performance.now(), onFault } = options;
  const read = contentReader();
  const references = createReferences(store.images);
  const trust = pulledTrust({ open, host, clock });
  const verdicts = createVerdicts(store.changes, clock);
  const running = createRunning(store.images, clock);
  const wanted = createRecent<string, number>(bounds.asked);
  const judge = createJudge({
    engine,
    store: store.images,
    open,
    read,
    references,
    statements: createStatements(),
    trust,
    host,
    onUnscanned: (repository, digest) => wantScan({ repository, digest }),
  });

  /** Once in a while for each; a queue that does not answer is told again with a later pull. */
  function wantScan(image: ImageKey): void {
    const key = `${image.repository}@${image.digest}`;
    const asked = wanted.get(key);
    if (asked !== undefined && clock() - asked < bounds.askedMilliseconds) return;
    wanted.set(key, clock(), 1);
    store.jobs.add([scanJob(image)]).catch((error: unknown) => {
      if (!(error instanceof Problem)) onFault?.(error);
    });
  }

  async function judged({ digest, get }: Pulled, policy: RegistryPolicy, asked: PullAsked): Promise<Judgement> {
    const { repository, now, deadline } = asked;
    const name = `${host}/${repository}@${digest}`;
    try {
      const reached = await verdicts.of({ repository, digest, policy, now, deadline }, async (signal) => {
        const manifest = await get(signal);
        if (manifest === undefined) return { ...unknownOf(name, GONE, { policy, now }), isGone: true as const };
        if (manifest instanceof Problem) return unknownOf(name, manifest, { policy, now });
        return await judge(manifest, { repository, policy, now, signal });
      });
      return reached ?? unknownOf(name, LATE_GAP, { policy, now });
    } catch (error) {
      if (!(error instanceof Problem)) onFault?.(error);
      return unknownOf(name, error instanceof Problem ? error : fault(name, error), { policy, now });
    }
  }

  async function decide(pulled: Pulled, shown: string, asked: PullAsked): Promise<Decision> {
    const { principal, now } = asked;
    const { digest } = pulled;
    if (principal.isExempt || principal.kind === "internal") {
      return { ...ALLOWED, basis: "exempt", reason: `${principal.name} is exempt from the pull policy`, digest };
    }
    const policy = policies().forEnvironment(principal.environment);
    const judgement = await judged(pulled, policy, asked);
    if (judgement.isGone === true) return refused("engine", "it is not in the registry", missing(shown));
    const outcomes = outcomesOf(judgement.evaluations, policy, now);
    const by = (action: Outcome["action"]) => outcomes.filter((outcome) => outcome.action === action);
    const denied = by("deny");
    const [first] = outcomes;
    const warnings = by("warn")
      .slice(0, WARNED)
      .map((outcome) => `${shown}: ${reasonText(outcome)}`);
    if (first === undefined)
      return { ...ALLOWED, basis: "policy", reason: "everything that the policy asks is met", digest };
    if (denied.length === 0) {
      const basis = warnings.length > 0 ? "policy" : "dry-run";
      return { action: "allow", basis, reason: reasonText(first), outcomes, warnings, digest };
    }
    const past = await leave(denied, { pulled, policy, asked });
    if (past !== undefined) {
      const warning = `${shown}: pulled past the policy (${past.basis}: ${past.reason}): ${reasonText(first)}`;
      return { action: "allow", ...past, outcomes, warnings: [warning, ...warnings], digest };
    }
    const { askAt } = policy.policy.registry.pull;
    const { environment } = policy;
    const refusal = refusalOf(outcomes, {
      image: shown,
      digest,
      ...(environment === undefined ? {} : { environment }),
      ...(askAt === undefined ? {} : { askAt }),
    });
    return { action: "refuse", basis: "policy", reason: reasonText(first), outcomes, refusal, warnings, digest };
  }

  /** Undefined: nobody answers for it. */
  async function leave(
    denied: readonly Outcome[],
    { pulled, policy, asked }: { pulled: Pulled; policy: RegistryPolicy; asked: PullAsked },
  ): Promise<Pick<Decision, "basis" | "reason"> | undefined> {
    const { repository, principal, now, deadline } = asked;
    const { registry } = policy.policy;
    const mayRun = registry.pull.graceDays > 0 && isGraceable(denied);
    if (!mayRun && registry.breakGlass.length === 0) return undefined;
    // What runs, or is named, may be the index that it is in, or an image of the index that it is.
    const around = await within(references.parentsOf(repository, pulled.digest), deadline);
    const digests = [pulled.digest, ...(around === LATE ? [] : around.digests)];
    const rule = breakGlassOf(registry.breakGlass, { repository, digests, principal: principal.name, now });
    if (rule !== undefined) {
      return { basis: "break-glass", reason: `${rule.owner} until ${rule.until}: ${rule.reason}` };
    }
    if (!mayRun) return undefined;
    const manifest = await within(pulled.get(deadline), deadline);
    const content =
      manifest === undefined || manifest === LATE || manifest instanceof Problem ? manifest : read(manifest);
    const children =
      typeof content === "object" && "children" in content ? content.children.map(({ digest }) => digest) : [];
    const runs = await within(
      running.isRunning([...digests, ...children.slice(0, bounds.candidates)], policy, now),
      deadline,
    );
    return runs === true ? { basis: "grace", reason: "it runs already" } : undefined;
  }

  async function fetched(asked: PullAsked, reference: ManifestReference): Promise<StoredManifest | Decision> {
    const { repository, deadline } = asked;
    const shown = shownAs(repository, reference);
    const found = await within(engine.manifest(repository, reference, deadline), deadline);
    if (found === undefined) return refused("engine", "it is not in the registry", missing(shown));
    if (found === LATE) return unreachable(shown, "the registry's engine did not answer in time");
    if (found instanceof Problem) return unreachable(shown, `the registry's engine: ${found.message}`);
    return found;
  }

  /** The first of them that may be pulled, else the first that may not; undefined where none is there any more. */
  async function firstServed(holders: readonly Digest[], atOnce: number, asked: PullAsked) {
    const { repository, deadline } = asked;
    let first: Decision | undefined;
    for (let at = 0; at < holders.length && !deadline.aborted; at += atOnce) {
      const some = holders.slice(at, at + atOnce).map((digest) => {
        const get = (signal: AbortSignal) => engine.manifest(repository, { digest }, signal);
        return decide({ digest, get }, shownAs(repository, { digest }), asked);
      });
      for (const decision of await Promise.all(some)) {
        if (decision.action === "allow") return decision;
        if (decision.refusal?.status !== 404) first ??= decision;
      }
    }
    return first;
  }

  return {
    async manifest(asked) {
      const found = await fetched(asked, asked.reference);
      if (!("bytes" in found)) return found;
      const decision = await decide(pulledAs(found), shownAs(asked.repository, asked.reference), asked);
      return decision.action === "allow" ? { ...decision, manifest: found } : decision;
    },

    async blob(asked) {
      const { repository, digest, principal, deadline } = asked;
      if (principal.isExempt || principal.kind === "internal") {
        return { ...ALLOWED, basis: "exempt", reason: `${principal.name} is exempt from the pull policy`, digest };
      }
      if (digest === EMPTY_BLOB) return { ...ALLOWED, basis: "policy", reason: "the empty blob", digest };
      const known = references.known(repository, digest);
      const own = await firstServed(known, 1, asked);
      // What is to be said was said with the manifest.
      if (own?.action === "allow") return { ...own, digest, warnings: [] };
      const shown = `blob ${repository}@${digest}`;
      const found = await within(references.manifestsWith(repository, digest), deadline);
      if (found === LATE) return own ?? unreachable(shown, "which manifests it is in was not found out in time");
      const others = found.digests.filter((one) => !known.includes(one));
      const other = await firstServed(others, bounds.holdersParallel, asked);
      if (other?.action === "allow") return { ...other, digest, warnings: [] };
      const refusedOne = own ?? other;
      if (refusedOne !== undefined) return { ...refusedOne, digest };
      if (found.problem !== undefined) {
        return unreachable(shown, `which manifests it is in could not be found out: ${found.problem.message}`);
      }
      const message = `${shown} is in no manifest of this repository`;
      return refused("policy", message, { status: 404, code: "BLOB_UNKNOWN", message });
    },

    async referrers(asked) {
      const { repository, digest } = asked;
      const found = await fetched(asked, { digest });
      if ("bytes" in found) return await decide(pulledAs(found), shownAs(repository, { digest }), asked);
      // A list about what is not here: nothing in it is served that may not be pulled.
      if (found.refusal?.status === 404)
        return { ...ALLOWED, basis: "policy", reason: "its subject is not here", digest };
      return found;
    },

    close() {
      verdicts.close();
      trust.close();
    },
  };
}

/** What is judged: read only where it is not known already what it comes to. */
interface Pulled {
  readonly digest: Digest;
  get(signal: AbortSignal): ReturnType<Engine["manifest"]>;
}

function pulledAs(manifest: StoredManifest): Pulled {
  return { digest: manifest.digest, get: async () => manifest };
}

const GONE = { code: "registry.gone", reason: "it is not in the registry" } as const;

const ALLOWED = { action: "allow", outcomes: [], warnings: [] } as const;

/** Warnings of one answer: each is a header. */
const WARNED = 5;

const LATE_GAP = {
  code: "registry.deadline",
  reason: "the time for the pull was over before it was judged",
  remedy: "pull it again; where it stays so, raise registry.pull.deadlineSeconds",
} as const;

function shownAs(repository: string, reference: ManifestReference): string {
  return "tag" in reference ? `${repository}:${reference.tag}` : `${repository}@${reference.digest}`;
}

function refused(basis: string, reason: string, refusal: NonNullable<Decision["refusal"]>): Decision {
  return { action: "refuse", basis, reason, outcomes: [], refusal, warnings: [] };
}

function unreachable(shown: string, cause: string): Decision {
  return refused("engine", cause, engineRefusal(shown, cause));
}

function fault(place: string, error: unknown): Problem {
  const cause = `internal error: ${error instanceof Error ? error.message : String(error)}`.slice(0, 200);
  return new Problem({ kind: "unavailable", code: "registry.fault", place, cause });
}
