/**
 * Images of requests: what their names come to, and what is signed and attested of them. What is remembered is what registries
 * had beside a digest, and never a verdict that outlives the policy, the advisories or the dates by which it was reached.
 */
import { allowedBy } from "../../../checks/build/dockerfile/registries.ts";
import { verifyLookUp } from "../../../collect/trust/image-trust.ts";
import { materialKey, rememberVerified } from "../../../collect/trust/verified.ts";
import type { Digest } from "../../../core/digest.ts";
import { asProblem, Problem } from "../../../core/problem.ts";
import {
  formatReference,
  type ImageReference,
  parseReference,
  pinReference,
  repositoryOf,
} from "../../../engines/oci/reference.ts";
import { verifySignature } from "../../../engines/trust/verify.ts";
import type { AdvisoryDatabase } from "../../../engines/vulnerability/database/open.ts";
import { type AttestedContext, type AttestedImage, evaluateAttested } from "../../../scan/attested-image.ts";
import { askerOf, createLookUps, type HeldLookUp, isComplete, isOutage } from "../../../scan/look-ups.ts";
import { createFlights, LATE, unavailable, within } from "../../../scan/serving/flights.ts";
import { readyTrust } from "../../../scan/trust.ts";
import type { AssessedImage, ImageAsking, ImageAssessor } from "../model.ts";
import { bounds } from "./bounds.ts";
import { type Asker, createRegistries, type RegistrySettings } from "./registry.ts";
import { rememberVerdicts } from "./verdicts.ts";

export interface AssessorOptions extends Partial<RegistrySettings> {
  /** The database as it is now: another one may take its place at any time. */
  readonly advisories: () => AdvisoryDatabase | Problem;
  /** In the place of the bound. For tests. */
  readonly graceMilliseconds?: number;
}

/** What the registry came to, of the digest that is asked for. */
interface Seen {
  readonly held: HeldLookUp | Problem;
  /** Whether it was known before. */
  readonly cached: boolean;
}

interface Asked {
  readonly reference: ImageReference;
  readonly asker: Asker;
  readonly asking: ImageAsking;
}

interface AskedDigest extends Asked {
  /** Of the reference. */
  readonly digest: Digest;
}

export function createImageAssessor({
  advisories,
  graceMilliseconds = bounds.graceMilliseconds,
  ...settings
}: AssessorOptions): ImageAssessor {
  const clock = settings.clock ?? (() => performance.now());
  const registries = createRegistries({ ...settings, clock });
  const lookUps = createLookUps(clock, bounds);
  const verdicts = rememberVerdicts();
  const judging = createFlights(bounds.flightMilliseconds, "admission.closed");
  const results = rememberVerified(verifySignature, bounds.resultBytes);

  async function assess(written: string, asking: ImageAsking): Promise<AssessedImage> {
    try {
      const reference = parseReference(written);
      const { registries: allowed } = asking.policy.policy;
      if (!isAllowed(allowed, repositoryOf(reference))) throw notAsked(reference);
      return await assessNamed(written, { reference, asker: askerFor(asking), asking });
    } catch (error) {
      const problem = asProblem(error, written);
      return await unknown(written, problem instanceof Problem ? problem : fault(written, error), asking);
    }
  }

  async function assessNamed(written: string, asked: Asked): Promise<AssessedImage> {
    const { asking, reference } = asked;
    const tag = reference.digest === undefined ? await resolve(asked) : { digest: reference.digest, cached: true };
    if (tag instanceof Problem) return await unknown(written, explained(tag, asking), asking);
    const { digest } = tag;
    const named = { reference: written, digest, pinned: pinReference(written, digest) };
    if (asking.resolveOnly === true) return { ...named, evaluations: [], cached: tag.cached };
    const { domain, path } = reference;
    const judged = await judge({ ...asked, digest, reference: { domain, path, digest } });
    return { ...named, evaluations: judged.evaluations, cached: judged.cached && tag.cached };
  }

  async function resolve({ reference, asker, asking }: Asked): Promise<{ digest: Digest; cached: boolean } | Problem> {
    const name = formatReference(reference);
    const known = lookUps.tag(name, asker.key);
    if (known !== undefined && clock() - known.at < bounds.tagMilliseconds) {
      return { digest: known.digest, cached: true };
    }
    const failed = lookUps.failure(name, asker.key);
    const usable = known !== undefined && staysPinned(asking) && isRememberedSince(clock() - known.at, asking);
    const keep = (found: Digest | Problem) => {
      if (found instanceof Problem) lookUps.keepFailure(name, asker.key, found);
      else lookUps.keepTag(name, asker.key, found);
      return found;
    };
    const answered =
      failed instanceof Problem
        ? failed
        : await within(
            registries.resolve(reference, asker, keep),
            asking.deadline,
            usable ? graceMilliseconds : undefined,
          );
    if (typeof answered === "string") return { digest: answered, cached: false };
    const problem = answered === LATE ? late(name) : answered;
    return usable && isOutage(problem) ? { digest: known.digest, cached: true } : problem;
  }

  /** What is known is told where it is young enough, else where nobody answers who could tell better. */
  async function judge(asked: AskedDigest): Promise<AttestedImage & { readonly cached: boolean }> {
    const { asking, reference } = asked;
    const known = lookUps.image(formatReference(reference));
    if (known === undefined) {
      const seen = await look(asked);
      return { ...(await evaluate(seen.held, asked)), cached: seen.cached };
    }
    const before = await evaluate(known, asked);
    const good = before.isComplete ? bounds.goodMilliseconds : bounds.poorMilliseconds;
    if (clock() - known.at < good) return { ...before, cached: true };
    const usable = isRememberedSince(clock() - known.at, asking);
    const { held } = await look(asked, usable ? graceMilliseconds : undefined);
    const isOut = isOutage(held instanceof Problem ? held : held.lookUp);
    if (usable && isOut) return { ...before, cached: true };
    return { ...(await evaluate(held, asked)), cached: false };
  }

  async function look({ reference, asker, asking }: Asked, milliseconds?: number): Promise<Seen> {
    const name = formatReference(reference);
    const failed = lookUps.failure(name, asker.key);
    if (failed !== undefined) return { held: failed, cached: true };
    const asked = registries.lookUp(reference, asker, (lookUp) => {
      if (lookUp instanceof Problem || !isComplete(lookUp)) return lookUps.keepFailure(name, asker.key, lookUp);
      return lookUps.keepImage(name, lookUp);
    });
    const found = await within(asked, asking.deadline, milliseconds);
    return { held: found === LATE ? late(name) : found, cached: false };
  }

  async function evaluate(
    held: HeldLookUp | Problem,
    { reference, digest, asking }: AskedDigest,
  ): Promise<AttestedImage> {
    const { policy, now } = asking;
    const name = formatReference(reference);
    if (held instanceof Problem) return await judgedUnknown(name, explained(held, asking), asking);
    const { trust } = policy;
    if (trust instanceof Problem) return await judgedUnknown(name, trust, asking);
    const database = advisories();
    const { material } = trust.collected;
    const key = JSON.stringify([
      name,
      held.serial,
      policy.digest,
      trust.rules.vouched,
      materialKey(material),
      database instanceof Problem ? database.line() : database.fingerprint,
    ]);
    const known = verdicts.get(key, now);
    if (known !== undefined) return known;
    const work = judging.run(key, async () => {
      const found = { digest, lookUp: held.lookUp };
      const image = await verifyLookUp(name, found, { material, now, memory: { results } });
      const context = { policy: policy.policy, now, advisories: database, opened: trust };
      const judged = await evaluateAttested(name, image, context);
      verdicts.keep(key, judged, now);
      return judged;
    });
    const judged = await within(work, asking.deadline);
    return judged === LATE ? await judgedUnknown(name, late(name), asking) : judged;
  }

  /** Every evaluation that there would be, with what kept it from being made. */
  async function unknown(written: string, problem: Problem, asking: ImageAsking): Promise<AssessedImage> {
    if (asking.resolveOnly === true) return { reference: written, evaluations: [], cached: false };
    const { evaluations } = await judgedUnknown(written, problem, asking);
    return { reference: written, evaluations, cached: false };
  }

  async function judgedUnknown(reference: string, problem: Problem, { policy, now }: ImageAsking) {
    const { trust } = policy;
    const context: AttestedContext = {
      policy: policy.policy,
      now,
      advisories: advisories(),
      ...(trust instanceof Problem ? { opened: noRules } : { opened: trust }),
    };
    return await evaluateAttested(reference, problem, context);
  }

  return {
    assess,
    close() {
      registries.close();
      judging.close();
    },
  };
}

/** Where the rules could not be opened. */
const noRules = readyTrust(
  { trust: { roots: [], signers: {}, builders: [], images: [] }, vouched: false, keys: new Map() },
  { material: { roots: [], authorities: [], keys: [] }, known: [] },
);

function askerFor({ credentials }: ImageAsking): Asker {
  if (credentials === undefined || credentials instanceof Problem) return { key: askerOf(undefined) };
  return { key: askerOf(credentials), credentials };
}

/** Where the cluster did not say what the pod pulls with, that is why a registry does not show the image. */
function explained(problem: Problem, { credentials }: ImageAsking): Problem {
  const isHidden = problem.code === "registry.denied" || problem.code === "registry.not-found";
  return isHidden && credentials instanceof Problem ? credentials : problem;
}

const compiled = new WeakMap<readonly string[], (repository: string) => boolean>();

/** Nothing is said where no registry is named. */
function isAllowed(registries: readonly string[], repository: string): boolean {
  if (registries.length === 0) return true;
  const known = compiled.get(registries) ?? allowedBy(registries);
  compiled.set(registries, known);
  return known(repository);
}

function late(place: string): Problem {
  return unavailable(
    "admission.deadline",
    place,
    "no answer within the deadline of the request",
    "where registries are slow, raise timeoutSeconds of the webhook and admission.deadlineSeconds",
  );
}

function notAsked(reference: ImageReference): Problem {
  const cause = "not contacted: not among the registries of the policy";
  return unavailable(
    "registry.not-allowed",
    repositoryOf(reference),
    cause,
    "pull the image from one that the policy names",
  );
}

function fault(place: string, error: unknown): Problem {
  const cause = error instanceof Error ? error.message : String(error);
  return unavailable("admission.fault", place, `internal error: ${cause.slice(0, 200)}`);
}

const HOUR = 60 * 60 * 1_000;

function isRememberedSince(milliseconds: number, { policy }: ImageAsking): boolean {
  return milliseconds <= policy.policy.admission.outageHours * HOUR;
}

/** Whether a tag that is taken to name what it named before will be replaced by that digest where it runs. */
function staysPinned({ policy }: ImageAsking): boolean {
  return policy.policy.admission.pin !== "off";
}
