/**
 * From a reference to what is signed of it: the name is resolved once, and everything after goes by digest. Signatures are
 * looked for beside the index and beside each image in it, since a runtime pulls one of those by its own digest.
 */
import { setImmediate } from "node:timers/promises";
import type { Digest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import { parseReference, registryHost, repositoryOf } from "../../engines/oci/reference.ts";
import { type ResolvedImage, resolveImage } from "../../engines/oci/referrers/open.ts";
import type { RegistryOptions } from "../../engines/oci/registry/options.ts";
import { targetOf } from "../../engines/oci/target.ts";
import { findSignatures } from "../../engines/trust/find.ts";
import { inParallel } from "../../engines/trust/in-parallel.ts";
import type {
  FoundSignature,
  ImageTrust,
  SubjectTrust,
  TrustMaterial,
  VerifiedSignature,
} from "../../engines/trust/model.ts";
import { bounds } from "./bounds.ts";
import { childrenOf } from "./children.ts";
import { readSignatureFile } from "./files.ts";
import { createTrustMemory, type LookUp, lookUpKey, type TrustMemory } from "./memory.ts";

export interface TrustOptions {
  readonly material: TrustMaterial;
  /** When certificates must be valid whose time nobody vouches for; when the reference is said to be resolved. */
  readonly now: Date;
  readonly registry?: RegistryOptions;
  /** What is shared with other images, asked by the same `registry` options; each call remembers nothing where absent. */
  readonly memory?: TrustMemory;
  /** Files with signatures of the image, beside those that its registry has. */
  readonly signatureFiles?: readonly string[];
}

/** A memory for several images; the verifier is loaded here, and nowhere before. */
export async function openTrustMemory(): Promise<TrustMemory> {
  const { verifySignature } = await import("../../engines/trust/verify.ts");
  return createTrustMemory(verifySignature);
}

/**
 * What is signed of an image by whom, as far as the material vouches for it. Look-ups that fail are gaps of the digest that
 * they are about.
 *
 * @param written - `registry/name:tag`, `registry/name@sha256:…`, `oci:DIR`, `oci-archive:FILE`
 * @throws Problem where the reference itself cannot be resolved: then nothing is known of any digest
 */
export async function collectTrust(written: string, options: TrustOptions): Promise<ImageTrust> {
  const memory = options.memory ?? (await openTrustMemory());
  const found = await withDeadline(written, options, (registry) => lookUpImage(written, memory, registry));
  return await verifyLookUp(written, found, { ...options, memory });
}

/** What was found of an image, as far as the material vouches for it now. */
export async function verifyLookUp(
  written: string,
  { digest, lookUp }: ImageLookUp,
  options: Omit<TrustOptions, "memory" | "registry"> & { readonly memory: Pick<TrustMemory, "results"> },
): Promise<ImageTrust> {
  const { now, memory } = options;
  const verify = (found: readonly FoundSignature[]) => verifyAll(found, options, memory);
  const named = lookUp.children.children;
  const fromFiles = await verifyFiles([digest, ...named.map((child) => child.digest)], options, verify);
  const signaturesOf = async (about: Digest, found: readonly FoundSignature[]) => [
    ...(await verify(found)),
    ...fromFiles.filter((signature) => signature.subject === about),
  ];
  const subject: SubjectTrust = {
    digest,
    signatures: await signaturesOf(digest, lookUp.signatures),
    gaps: [...lookUp.gaps, ...lookUp.children.gaps],
  };
  const children: ImageTrust["children"][number][] = [];
  for (const [i, child] of named.entries()) {
    const { signatures = [], gaps = [] } = lookUp.below[i] ?? {};
    children.push({ ...child, signatures: await signaturesOf(child.digest, signatures), gaps });
  }
  return { reference: written, subject, children, resolvedAt: now.toISOString() };
}

/**
 * A file does not lie beside any digest: each of its signatures is told of the one that it is about, and of the first where it
 * is about none of them.
 */
async function verifyFiles(
  digests: readonly [Digest, ...Digest[]],
  { signatureFiles = [] }: Pick<TrustOptions, "signatureFiles">,
  verify: (found: readonly FoundSignature[]) => Promise<readonly VerifiedSignature[]>,
): Promise<readonly VerifiedSignature[]> {
  const told: VerifiedSignature[] = [];
  for (const found of signatureFiles.flatMap((path) => readSignatureFile(path, digests[0]))) {
    let about: VerifiedSignature | undefined;
    for (const subject of digests) {
      const [result] = await verify([{ ...found, subject }]);
      if (result === undefined) continue;
      const isAbout = result.steps.some(({ step, outcome }) => step === "subject" && outcome === "holds");
      if (isAbout || about === undefined) about = result;
      if (isAbout) break;
    }
    if (about !== undefined) told.push(about);
  }
  return told;
}

/** What a name came to, and what lies beside it, not verified. */
export interface ImageLookUp {
  readonly digest: Digest;
  readonly lookUp: LookUp;
}

/** @throws Problem where the reference itself cannot be resolved */
export async function lookUpImage(
  written: string,
  memory: Omit<TrustMemory, "results">,
  registry: RegistryOptions,
): Promise<ImageLookUp> {
  const named = registryImage(written);
  const pinned = named?.digest === undefined ? undefined : memory.lookUp(lookUpKey(named.repository, named.digest));
  if (named?.digest !== undefined && pinned !== undefined) return { digest: named.digest, lookUp: pinned };
  const resolve = () => resolveImage(written, registry);
  const { repository, root } = await (named === undefined ? resolve() : memory.patience.ask(named.host, resolve));
  try {
    const key = lookUpKey(repository.place, root.digest);
    const known = named === undefined ? undefined : memory.lookUp(key);
    if (known !== undefined) return { digest: root.digest, lookUp: known };
    const guarded = named === undefined ? repository : memory.patience.guard(repository, named.host);
    const lookUp = await lookUpIn({ repository: guarded, root });
    // A layout on this machine is read anew: it may be another one under the same name.
    if (named !== undefined) memory.keep(key, lookUp);
    return { digest: root.digest, lookUp };
  } finally {
    await repository.close();
  }
}

/** Undefined of a layout. */
function registryImage(written: string) {
  const target = targetOf(written);
  if (target.scheme !== "registry") return undefined;
  const reference = parseReference(target.at);
  return { digest: reference.digest, repository: repositoryOf(reference), host: registryHost(reference) };
}

/** Images of one index that are asked about at a time. */
const CHILDREN_AT_ONCE = 2;

/** What lies beside a manifest that was read already, not verified. What a registry answers is a gap, and never thrown. */
export async function lookUpIn({ repository, root }: ResolvedImage): Promise<LookUp> {
  const [found, children] = await Promise.all([findSignatures(root.digest, repository), childrenOf(root, repository)]);
  const below = await inParallel(children.children, CHILDREN_AT_ONCE, ({ digest }) =>
    findSignatures(digest, repository),
  );
  return { ...found, children, below };
}

/** Signatures verified in one go, before others get their turn. */
const IN_ONE_GO = 16;

async function verifyAll(
  found: readonly FoundSignature[],
  { material, now }: Pick<TrustOptions, "material" | "now">,
  { results }: Pick<TrustMemory, "results">,
): Promise<readonly VerifiedSignature[]> {
  const verified: VerifiedSignature[] = [];
  for (const [i, signature] of found.entries()) {
    if (i > 0 && i % IN_ONE_GO === 0) await setImmediate();
    verified.push(results.verify(signature, material, now));
  }
  return verified;
}

/** A registry that answers a little now and then must not hold up whoever waits for a verdict. */
async function withDeadline<T>(
  written: string,
  { registry = {} }: TrustOptions,
  work: (registry: RegistryOptions) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const cause = `took longer than ${bounds.imageMilliseconds} ms`;
  const problem = new Problem({
    kind: "unavailable",
    code: "registry.timeout",
    place: `signatures of ${written}`,
    cause,
  });
  const timer = setTimeout(() => late.abort(problem), bounds.imageMilliseconds);
  try {
    const signal = registry.signal === undefined ? late.signal : AbortSignal.any([registry.signal, late.signal]);
    return await work({ ...registry, signal });
  } finally {
    clearTimeout(timer);
  }
}
