/** What a trace is made of, read: what is signed of the image, what is in it, and where it runs. */

import { gapOf } from "../../core/evidence.ts";
import { isEvidenceProblem } from "../../core/problem.ts";
import type { Relation } from "../../core/relation.ts";
import type { ClusterConnection } from "../../engines/kubernetes/cluster/connection.ts";
import { readCluster } from "../../engines/kubernetes/cluster/read.ts";
import { type OpenOptions, openImage } from "../../engines/oci/open.ts";
import { formatPlatform } from "../../engines/oci/platform.ts";
import type { ScanContext } from "../../scan/context.ts";
import { scanImage } from "../../scan/image.ts";
import { readPlace } from "../../scan/manifest-place.ts";
import { manifestRelations, runningRelations } from "../../scan/relations.ts";
import { buildJudge, type OpenedTrust, verifyImage } from "../../scan/trust.ts";
import type { RunningPlaces, ScannedImage, TraceSources } from "./model.ts";

export type TracePlace =
  | { readonly kind: "folder"; readonly root: string; readonly name: string }
  | { readonly kind: "cluster"; readonly connection: ClusterConnection };

export interface TraceContext {
  readonly trust: OpenedTrust;
  readonly scan: ScanContext & { readonly open: OpenOptions };
  /** Where it may run; absent: nobody looks. */
  readonly place?: TracePlace;
}

/**
 * @param resolvedName - what may stand in place of the reference, by its digest
 * @throws Problem where the reference cannot be resolved
 */
export async function readTrace(
  reference: string,
  { trust, scan, place }: TraceContext,
  resolvedName: (reference: string, digest: string) => string,
): Promise<TraceSources> {
  const { now, open } = scan;
  const { image, decision } = await verifyImage(reference, trust, {
    now,
    ...(open.registry === undefined ? {} : { registry: open.registry }),
  });
  const { signers } = trust.rules.trust;
  return {
    image,
    decision,
    vouches: (name) => trust.rules.vouched && Object.hasOwn(signers, name) && signers[name]?.tightensOnly !== true,
    judgeBuild: buildJudge(trust),
    scanned: await scannedImage(resolvedName(reference, image.subject.digest), image.subject.digest, scan),
    places: await placesOf(place, now),
    now,
  };
}

/** Of the bytes that were verified: a layout or a tag may be another image a moment later. */
async function scannedImage(
  name: string,
  digest: string,
  context: ScanContext & { readonly open: OpenOptions },
): Promise<TraceSources["scanned"]> {
  const relations: Relation[] = [];
  try {
    const named = await openImage(name, context.open);
    const { image } = named;
    try {
      const { configDigest, manifestDigest, indexDigest, config } = image;
      if (digest !== (indexDigest ?? manifestDigest)) {
        return { gap: { code: "trace.changed", reason: `${name} changed while it was read`, remedy: "try again" } };
      }
      const evaluations = await scanImage(named, { ...context, onRelations: (told) => relations.push(...told) });
      const scanned: ScannedImage = {
        configDigest,
        ...(manifestDigest === undefined ? {} : { manifestDigest }),
        ...(indexDigest === undefined ? {} : { indexDigest }),
        platform: formatPlatform(config.platform),
        ...(config.created === undefined ? {} : { created: config.created }),
        labels: config.labels,
        evaluations,
        relations,
      };
      return scanned;
    } finally {
      await image.store.close();
    }
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { gap: gapOf(error) };
  }
}

async function placesOf(place: TracePlace | undefined, now: Date): Promise<TraceSources["places"]> {
  if (place === undefined) {
    const reason = "no manifests and no cluster were looked through";
    return { gap: { code: "trace.places", reason, remedy: "add --in DIR or --cluster" } };
  }
  try {
    return place.kind === "folder" ? await inFolder(place, now) : await inCluster(place.connection, now);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { gap: gapOf(error) };
  }
}

async function inFolder({ root, name }: TracePlace & { kind: "folder" }, now: Date): Promise<RunningPlaces> {
  const { manifests } = await readPlace({ kind: "folder", root, render: false }, undefined);
  return { name, relations: manifestRelations(manifests, now), gaps: manifests.gaps };
}

async function inCluster(connection: ClusterConnection, now: Date): Promise<RunningPlaces> {
  const { images, manifests } = await readCluster(connection, {});
  return { name: connection.name, relations: runningRelations(images, connection.name, now), gaps: manifests.gaps };
}
