/**
 * What the policy's rules of trust come to for one manifest: looked up beside it in the engine, verified, decided. What was found
 * is remembered, and never the verdict: dates pass, and rules change.
 */
import { lookUpIn, verifyLookUp } from "../../../collect/trust/image-trust.ts";
import { rememberVerified } from "../../../collect/trust/verified.ts";
import { unopenedImage } from "../../../core/asset.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import { asProblem, Problem } from "../../../core/problem.ts";
import { verifySignature } from "../../../engines/trust/verify.ts";
import { evaluateTrust } from "../../../evaluate/trust/evaluate.ts";
import { createLookUps, type HeldLookUp, isComplete, isOutage } from "../../../scan/look-ups.ts";
import { createFlights, LATE, unavailable, within } from "../../../scan/serving/flights.ts";
import { createLanes } from "../../../scan/serving/lanes.ts";
import type { RegistryPolicy, StoredManifest } from "../model.ts";
import { bounds, lanes as lanesOfEngine, lookUps as lookUpBounds } from "./bounds.ts";
import type { OpenRepository } from "./engine-repository.ts";
import { type Judgement, PASSED, unknownOf } from "./judgement.ts";

export interface TrustAsking {
  readonly repository: string;
  readonly root: StoredManifest;
  readonly policy: RegistryPolicy;
  readonly now: Date;
  readonly signal: AbortSignal;
}

export interface PulledTrust {
  /** Never throws. Without evaluations nothing of it is asked, or all is met. */
  judge(asking: TrustAsking): Promise<Judgement>;
  close(): void;
}

export interface PulledTrustOptions {
  readonly open: OpenRepository;
  /** As the policy's rules name the registry: `registry.example.com`. */
  readonly host: string;
  /** Milliseconds since any time, which never goes back. */
  readonly clock: () => number;
}

export function pulledTrust({ open, host, clock }: PulledTrustOptions): PulledTrust {
  const flights = createFlights(bounds.flightMilliseconds, "registry.closed");
  const lanes = createLanes({ ...lanesOfEngine, code: "registry.overload" });
  const lookUps = createLookUps(clock, lookUpBounds);
  const results = rememberVerified(verifySignature, bounds.resultBytes);

  async function judge(asking: TrustAsking): Promise<Judgement> {
    const { repository, policy, root, now } = asking;
    const name = `${host}/${repository}@${root.digest}`;
    const { trust } = policy;
    const { images } = policy.policy.trust;
    if (trust instanceof Problem) return images.length === 0 ? unasked(name, asking) : unknownOf(name, trust, asking);
    if (trust.rulesAbout(`${host}/${repository}`).length === 0) return unasked(name, asking);
    const known = lookUps.image(name);
    if (known === undefined) return await evaluate(name, await look(name, asking), asking);
    const before = await evaluate(name, known, asking);
    const isGood = before.isWhole && before.evaluations.length === 0;
    const age = clock() - known.at;
    if (age < (isGood ? bounds.goodMilliseconds : bounds.unsignedMilliseconds)) return before;
    const again = await look(name, asking, isGood ? bounds.graceMilliseconds : undefined);
    // It is of a digest: what was found there before is not gone because nobody answers.
    if (age < bounds.outageMilliseconds && isOutage(again instanceof Problem ? again : again.lookUp)) return before;
    return await evaluate(name, again, { ...asking, now });
  }

  async function look(name: string, { repository, root, signal }: TrustAsking, milliseconds?: number) {
    const failed = lookUps.failure(name, "-");
    if (failed !== undefined) return failed;
    const work = flights.run(name, async (ends): Promise<HeldLookUp | Problem> => {
      try {
        const lookUp = await lanes.run(repository, ends, async () => {
          const opened = open(repository, ends);
          try {
            return await lookUpIn({ repository: opened, root });
          } finally {
            await opened.close();
          }
        });
        return isComplete(lookUp) ? lookUps.keepImage(name, lookUp) : lookUps.keepFailure(name, "-", lookUp);
      } catch (error) {
        const problem = asProblem(error, name);
        if (!(problem instanceof Problem)) throw problem;
        return lookUps.keepFailure(name, "-", problem);
      }
    });
    const found = await within(work, signal, milliseconds);
    return found === LATE ? late(name) : found;
  }

  async function evaluate(name: string, held: HeldLookUp | Problem, asking: TrustAsking): Promise<Judgement> {
    const { policy, now, root, repository } = asking;
    const { trust } = policy;
    if (held instanceof Problem) return unknownOf(name, held, asking);
    if (trust instanceof Problem) return unknownOf(name, trust, asking);
    const { material } = trust.collected;
    const found = { digest: root.digest, lookUp: held.lookUp };
    const image = await verifyLookUp(name, found, { material, now, memory: { results } });
    const decided = trust.decide(image, now);
    const rules = trust.rulesAbout(`${host}/${repository}`).map(({ rule }) => rule);
    const asset = unopenedImage(name, { lineage: `${host}/${repository}` });
    const evaluations = evaluateTrust(asset, { decided, rules }, { policy: policy.policy, now });
    const until = decided.validUntil === undefined ? Number.POSITIVE_INFINITY : Date.parse(decided.validUntil);
    return {
      evaluations: evaluations.filter(({ verdict }) => verdict !== "pass"),
      until,
      isWhole: isComplete(held.lookUp),
      rests: [],
    };
  }

  return {
    judge,
    close: () => flights.close(),
  };
}

/** No rule is about it: unless all must be signed, nothing is asked. */
function unasked(name: string, { policy, now }: TrustAsking): Judgement {
  if (!policy.policy.registry.pull.signed) return PASSED;
  const asset = unopenedImage(name);
  const draft = {
    subject: "signature",
    severity: "high",
    title: "No rule of trust.images says who may sign the image",
    locations: [{ kind: "config", field: "signatures" }],
    matches: { ids: ["registry/unsigned-image"] },
    fix: { kind: "instruction", text: "add a rule to trust.images, and sign the digest: bulkhead sign" },
    evidence: {},
    check: "registry/unsigned-image",
    fingerprint: "",
    overThreshold: true,
  } as const;
  const evaluation: Evaluation = {
    check: "registry/unsigned-image",
    asset,
    verdict: "fail",
    reason: draft.title,
    findings: [draft],
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: now.toISOString(),
  };
  return { ...PASSED, evaluations: [evaluation] };
}

function late(place: string): Problem {
  return unavailable(
    "registry.deadline",
    place,
    "its signatures were not looked up within the time for the pull",
    "pull it again; where the engine is slow, raise registry.pull.deadlineSeconds",
  );
}
