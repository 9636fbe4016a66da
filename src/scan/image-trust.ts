/** From an image to the evaluations of what is signed of it: looked up, verified, decided, judged. */
import { type Asset, type ImageAsset, unopenedImage } from "../core/asset.ts";
import type { Digest } from "../core/digest.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { asProblem, Problem } from "../core/problem.ts";
import { assetEnd } from "../core/relation.ts";
import type { RunningImage } from "../engines/kubernetes/cluster/running.ts";
import { containersOf, type Manifests } from "../engines/kubernetes/model.ts";
import type { NamedImage } from "../engines/oci/open.ts";
import type { Credentials } from "../engines/oci/registry/credentials.ts";
import { targetOf } from "../engines/oci/target.ts";
import type { ImageDecision } from "../engines/trust/decision-model.ts";
import { inParallel } from "../engines/trust/in-parallel.ts";
import { evaluateTrust } from "../evaluate/trust/evaluate.ts";
import { repositoryNamed } from "../evaluate/trust/matching.ts";
import { trustRelations } from "../evaluate/trust/relations.ts";
import { bounds } from "./bounds.ts";
import type { ScanContext } from "./context.ts";
import type { TrustLookup } from "./trust.ts";

type TrustContext = Pick<ScanContext, "policy" | "now" | "onRelations"> & { readonly trust: TrustLookup };

/** Which image, and by which name its signatures are looked up. */
interface Looked {
  /** What rules are held against. */
  readonly reference: string;
  /** `registry/name@sha256:…`, `oci:DIR:NAME`; undefined: nothing keeps signatures of it. */
  readonly at: string | undefined;
  /** What it must come to: what was scanned. */
  readonly digest?: Digest;
  readonly manifest?: Digest;
  /** What its registry is asked with; a Problem where that could not be found out. Absent: what the caller has. */
  readonly credentials?: Credentials | Problem;
}

/**
 * Of an image that was opened: its own digests are looked up, so that a tag that moved in between changes nothing.
 *
 * @param written - as it was named: `oci:build/web`
 */
export async function scanOpenedTrust(
  { image, reference }: NamedImage,
  asset: ImageAsset,
  written: string,
  context: TrustContext,
): Promise<Evaluation[]> {
  const { indexDigest, manifestDigest } = image;
  const digest = indexDigest ?? manifestDigest;
  return await scanTrust(
    asset,
    {
      reference,
      at: placeOf(written, reference, digest),
      ...(digest === undefined ? {} : { digest }),
      ...(manifestDigest === undefined ? {} : { manifest: manifestDigest }),
    },
    context,
  );
}

/** A daemon keeps images by their content, and no signatures. */
function placeOf(written: string, reference: string, digest: Digest | undefined): string | undefined {
  const { scheme } = targetOf(written);
  if (scheme === "oci" || scheme === "oci-archive") return written;
  if (scheme !== "registry" || digest === undefined) return undefined;
  return `${repositoryNamed(reference)}@${digest}`;
}

/** What the containers of workloads would run. */
export function* imagesNamed({ workloads }: Manifests): Generator<string> {
  for (const { pod } of workloads) {
    for (const { container } of containersOf(pod)) {
      if (container.image !== undefined && container.image !== "") yield container.image;
    }
  }
}

/** Images that are asked about at a time. */
const AT_ONCE = 4;

/** Of images that others name, and nobody opened: the containers of manifests. */
export async function scanNamedTrust(references: Iterable<string>, context: TrustContext): Promise<Evaluation[]> {
  const wanted = [...new Set(references)].map((reference, nth) => ({
    reference,
    at: nth < bounds.verifiedImages ? reference : undefined,
  }));
  const scanned = await inParallel(wanted, AT_ONCE, async (looked) => {
    const asset = unopenedImage(looked.reference, { lineage: repositoryNamed(looked.reference) });
    return await scanTrust(asset, looked, context);
  });
  return scanned.flat();
}

/** One image that runs, as {@link scanRunningTrust} needs it. */
type Running = Pick<RunningImage, "name" | "digest" | "repository">;

/**
 * Of images that run, by the digests that they run as; and of those that workloads name and nothing is known to run of, as
 * they are named. What a tag points to now need not be what runs: without a digest it is unknown.
 */
export async function scanRunningTrust(
  images: readonly Running[],
  manifests: Manifests,
  context: TrustContext & {
    /** What pods pull an image with, by its name. Absent: the caller's own. */
    readonly credentialsOf?: (image: string) => Promise<Credentials | undefined | Problem>;
  },
): Promise<Evaluation[]> {
  const running = new Set(images.map(({ name }) => name));
  const named = [...new Set(imagesNamed(manifests))].filter((name) => !running.has(name));
  const wanted = [...images, ...named.map((name) => ({ name, at: name }))].map((image, nth) => {
    const { name } = image;
    const asset = unopenedImage(name, { lineage: repositoryNamed(name) });
    if (nth >= bounds.verifiedImages) return { asset, looked: { reference: name, at: undefined } };
    if ("at" in image) return { asset, looked: { reference: name, at: image.at } };
    const { digest, repository } = image;
    if (digest === undefined || repository === undefined) return { asset, looked: { reference: name, at: undefined } };
    return { asset, looked: { reference: name, at: `${repository}@${digest}`, digest } };
  });
  const scanned = await inParallel(wanted, AT_ONCE, async ({ asset, looked }) => {
    const credentials = looked.at === undefined ? undefined : await context.credentialsOf?.(looked.reference);
    return await scanTrust(asset, { ...looked, ...(credentials === undefined ? {} : { credentials }) }, context);
  });
  return scanned.flat();
}

async function scanTrust(asset: Asset, looked: Looked, context: TrustContext): Promise<Evaluation[]> {
  const { opened } = context.trust;
  const rules = opened.rulesAbout(repositoryNamed(looked.reference)).map(({ rule }) => rule);
  const decided = await decisionOf(looked, context);
  if (!(decided instanceof Problem)) {
    context.onRelations?.(trustRelations(assetEnd(asset), decided, context.now));
  }
  const { manifest } = looked;
  return evaluateTrust(asset, { decided, rules, ...(manifest === undefined ? {} : { manifest }) }, context);
}

async function decisionOf(
  { reference, at, digest, credentials }: Looked,
  { trust, now }: TrustContext,
): Promise<ImageDecision | Problem> {
  if (credentials instanceof Problem) return credentials;
  if (at === undefined) {
    return new Problem({
      kind: "unavailable",
      code: "trust.not-looked-up",
      place: reference,
      cause: "its signatures are not looked up",
      remedy: "verify it by its name in a registry: bulkhead verify",
    });
  }
  try {
    const { collectTrust } = await import("../collect/trust/image-trust.ts");
    const { opened, memory } = trust;
    const registry = { ...trust.registry, ...(credentials === undefined ? {} : { credentials }) };
    const image = await collectTrust(at, { material: opened.collected.material, memory, registry, now });
    if (digest !== undefined && image.subject.digest !== digest) {
      const cause = "changed while it was read";
      return new Problem({
        kind: "unavailable",
        code: "trust.changed",
        place: reference,
        cause,
        remedy: "scan it again",
      });
    }
    return opened.decide({ ...image, reference }, now);
  } catch (error) {
    const problem = asProblem(error, reference);
    if (problem instanceof Problem) return problem;
    throw problem;
  }
}
