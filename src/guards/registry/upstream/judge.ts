/** Whether an image of an upstream may be had: who signed it there, by the upstream's own name, and how long it is known. */
import { collectTrust } from "../../../collect/trust/image-trust.ts";
import type { TrustMemory } from "../../../collect/trust/memory.ts";
import { unopenedImage } from "../../../core/asset.ts";
import type { Digest } from "../../../core/digest.ts";
import { type Evaluation, unjudged } from "../../../core/evaluation.ts";
import { type Gap, gapOf } from "../../../core/evidence.ts";
import { asProblem, Problem } from "../../../core/problem.ts";
import type { UpstreamRule } from "../../../engines/oci/distribution/upstream-model.ts";
import type { RegistryOptions } from "../../../engines/oci/registry/options.ts";
import { evaluateTrust } from "../../../evaluate/trust/evaluate.ts";
import { type OpenedTrust, readyTrust } from "../../../scan/trust.ts";
import type { RegistryPolicy } from "../model.ts";
import type { UpstreamRepository } from "./names.ts";

export interface JudgedImage {
  readonly upstream: UpstreamRepository;
  readonly digest: Digest;
  /** Of indexes that name it and that were judged here before: what is signed or known of them is of it too. */
  readonly parents: readonly Digest[];
  readonly policy: RegistryPolicy;
  readonly now: Date;
}

/** Where its signatures lie: beside it at the upstream, or what came along with it in the engine. */
export interface SignaturePlace {
  /** `registry:HOST/NAME`, to which a digest is added. */
  readonly repository: string;
  readonly memory: TrustMemory;
  options(): Promise<RegistryOptions>;
}

/** Nothing where neither rules nor the upstream ask for a signature. */
export async function judgeSignatures(image: JudgedImage, place: SignaturePlace): Promise<readonly Evaluation[]> {
  const { upstream, digest, parents, policy } = image;
  if (policy.trust instanceof Problem) {
    const asks = upstream.rule.signedBy !== undefined || policy.policy.trust.images.length > 0;
    return asks ? [unknownOf(SIGNERS_CHECK, image, gapOf(policy.trust))] : [];
  }
  const opened = trustOf(policy.trust, upstream);
  if (opened.rulesAbout(upstream.name).length === 0) return [];
  let first: readonly Evaluation[] | undefined;
  for (const subject of [digest, ...parents]) {
    const evaluations = await judgeSubject(image, subject, opened, place);
    if (evaluations.every(({ verdict }) => verdict === "pass")) return evaluations;
    first ??= evaluations;
  }
  return first ?? [];
}

const SIGNERS_CHECK = "registry/untrusted-signer";

async function judgeSubject(
  { upstream, digest, policy, now }: JudgedImage,
  subject: Digest,
  opened: OpenedTrust,
  place: SignaturePlace,
): Promise<readonly Evaluation[]> {
  const reference = `${upstream.name}@${subject}`;
  const asset = unopenedImage(`${upstream.name}@${digest}`, { lineage: upstream.name });
  const rules = opened.rulesAbout(upstream.name).map(({ rule }) => rule);
  let decided: ReturnType<OpenedTrust["decide"]> | Problem;
  try {
    const { material } = opened.collected;
    const registry = await place.options();
    const image = await collectTrust(`${place.repository}@${subject}`, {
      material,
      memory: place.memory,
      registry,
      now,
    });
    decided = opened.decide({ ...image, reference }, now);
  } catch (error) {
    const problem = asProblem(error, reference);
    if (!(problem instanceof Problem)) throw problem;
    decided = problem;
  }
  const outcome = { decided, rules, ...(subject === digest ? {} : { manifest: digest }) };
  return evaluateTrust(asset, outcome, { policy: policy.policy, now });
}

/** Rules of the policy with what the upstream asks for itself; made once for each reading of the policy. */
function trustOf(opened: OpenedTrust, { namespace, rule }: UpstreamRepository): OpenedTrust {
  const { signedBy } = rule;
  if (signedBy === undefined) return opened;
  const known = ready.get(opened) ?? new Map<string, OpenedTrust>();
  ready.set(opened, known);
  const found = known.get(namespace);
  if (found !== undefined) return found;
  const { trust } = opened.rules;
  const made = readyTrust(
    { ...opened.rules, trust: { ...trust, images: [...trust.images, ruleOf(rule)] } },
    opened.collected,
  );
  known.set(namespace, made);
  return made;
}

const ready = new WeakMap<OpenedTrust, Map<string, OpenedTrust>>();

function ruleOf({ signedBy, statedAt }: UpstreamRule): OpenedTrust["rules"]["trust"]["images"][number] {
  const { of = [], atLeast = 1, tightensOnly } = signedBy ?? {};
  return {
    // It is asked of repositories of this upstream alone.
    match: "**",
    signedBy: { of, atLeast },
    attestations: [],
    eachImage: false,
    ...(tightensOnly === undefined ? {} : { tightensOnly }),
    ...(statedAt === undefined ? {} : { statedAt }),
  };
}

function unknownOf(check: string, { upstream, digest, now }: JudgedImage, gap: Gap): Evaluation {
  return unjudged(check, unopenedImage(`${upstream.name}@${digest}`, { lineage: upstream.name }), now, gap);
}
