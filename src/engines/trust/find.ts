/**
 * Signatures and attestations beside one digest, in every form that they are kept in. Nothing is verified here, and nothing
 * is left out in silence: what could not be looked up or read is a gap, so that its absence proves nothing.
 */
import type { Digest } from "../../core/digest.ts";
import type { Gap } from "../../core/evidence.ts";
import { printable } from "../../core/printable.ts";
import type { Descriptor } from "../oci/model.ts";
import { parseArtifact } from "../oci/referrers/artifact.ts";
import { cosignTag, type FoundReferrer, type Repository, type StoredManifest } from "../oci/referrers/repository.ts";
import { bounds } from "./bounds.ts";
import { formOf, type LayerReader, layerReader } from "./envelope.ts";
import { isSignatureType, mayBeSignature } from "./forms.ts";
import { inParallel } from "./in-parallel.ts";
import type { FoundSignature, SignaturePlace } from "./model.ts";
import { type Search, startSearch } from "./search.ts";

export interface FoundSignatures {
  /** In the order of the tags and lists that hold them: those of `.sig`, of `.att`, then the referrers. */
  readonly signatures: readonly FoundSignature[];
  /** Why there may be more; with none, there are no others. */
  readonly gaps: readonly Gap[];
}

/** Requests under way at a time. */
const AT_ONCE = 4;

/** Never throws for what a registry answers: that is a gap. */
export async function findSignatures(subject: Digest, repository: Repository): Promise<FoundSignatures> {
  const search = startSearch(repository);
  const tagged = async (suffix: "sig" | "att"): Promise<readonly Holder[]> => {
    // A digest that is too long for a tag has no signatures by tag.
    const tag = cosignTag(subject, suffix);
    const found = tag === undefined ? undefined : await search.attempt(() => repository.tagged(tag));
    return tag === undefined || found === undefined ? [] : [holderOf(found, { by: "tag", name: tag })];
  };
  const listed = async (): Promise<readonly Holder[]> => {
    const found = await search.attempt(() => repository.referrers(subject));
    if (found === undefined) return [];
    for (const gap of found.gaps) search.gap(gap);
    return await openReferrers(found.entries, repository, search);
  };
  const holders = (await Promise.all([tagged("sig"), tagged("att"), listed()])).flat();
  const layers = holders.flatMap((holder) => layersOf(holder, repository.place, search));
  const blobs = new Map<Digest, Promise<Buffer | undefined>>();
  const found = await inParallel(layers, AT_ONCE, async ({ layer, read, place }) => {
    const reading = blobs.get(layer.digest) ?? search.attempt(() => repository.blob(layer));
    blobs.set(layer.digest, reading);
    const bytes = await reading;
    if (bytes === undefined) return undefined;
    const envelope = read(bytes);
    return { form: formOf(envelope, place.by), subject, place: { ...place, blob: layer.digest }, envelope };
  });
  return { signatures: found.filter((signature) => signature !== undefined), gaps: search.gaps };
}

/** A manifest that may hold signatures as its layers. */
interface Holder {
  readonly manifest: StoredManifest;
  readonly place: Pick<SignaturePlace, "by" | "name" | "manifest">;
}

function holderOf(manifest: StoredManifest, { by, name }: Pick<SignaturePlace, "by" | "name">): Holder {
  return { manifest, place: { by, name, manifest: manifest.digest } };
}

async function openReferrers(
  entries: readonly FoundReferrer[],
  repository: Repository,
  search: Search,
): Promise<readonly Holder[]> {
  // A tag that stands in for the registry's list says of a type whatever its author wrote: it is not looked at.
  const candidates = entries.filter(({ by, artifactType }) => by === "referrers-tag" || mayBeSignature(artifactType));
  if (candidates.length > bounds.signatures) search.over(`more than ${bounds.signatures} manifests about one digest`);
  const opened = await inParallel(candidates.slice(0, bounds.signatures), AT_ONCE, async (entry) => {
    const manifest = await search.attempt(() => repository.manifest(entry));
    return manifest === undefined ? undefined : holderOf(manifest, { by: entry.by, name: entry.digest });
  });
  return opened.filter((holder) => holder !== undefined);
}

interface SignatureLayer {
  readonly layer: Descriptor;
  readonly read: LayerReader;
  readonly place: SignaturePlace;
}

/** The layers that are signatures. What is no signature at all, an SBOM, holds none. */
function layersOf({ manifest, place }: Holder, where: string, search: Search): readonly SignatureLayer[] {
  const at = `${where}@${manifest.digest}`;
  const artifact = search.read(() => parseArtifact(manifest.bytes, at, bounds.signatures));
  if (artifact === undefined) return [];
  const isSignature = place.by === "tag" || artifact.types.some(isSignatureType);
  if (artifact.more > 0 && isSignature) search.over(`${place.name} has more than ${bounds.signatures} layers`);
  const layers: SignatureLayer[] = [];
  for (const layer of artifact.layers) {
    const read = layerReader(layer, artifact.types);
    if (read !== undefined) {
      if (search.admits(layer)) layers.push({ layer, read, place });
    } else if (isSignature) {
      search.gap({
        code: "trust.form",
        reason: `${at}: layer of type ${clip(layer.mediaType)} is not a known signature format`,
      });
    }
  }
  if (isSignature && artifact.layers.length === 0) search.gap({ code: "trust.form", reason: `${at}: no layers` });
  return layers;
}

function clip(text: string): string {
  return printable(text.slice(0, 100));
}
