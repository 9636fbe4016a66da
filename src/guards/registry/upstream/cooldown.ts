/** How long an image is known: from when it was first asked for here, or from its own date. */
import { append } from "../../../core/append.ts";
import { unopenedImage } from "../../../core/asset.ts";
import type { Digest } from "../../../core/digest.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import type { Problem } from "../../../core/problem.ts";
import { parseImageConfig, parseIndexOrManifest } from "../../../engines/oci/document.ts";
import type { RegistryClient } from "../../../engines/oci/registry/client.ts";
import { evaluateUpstream, type KnownSince } from "../../../evaluate/registry/upstream.ts";
import type { Locks } from "../../../store/model.ts";
import { bounds } from "./bounds.ts";
import type { JudgedImage } from "./judge.ts";

export function judgeCooldown(
  { upstream, digest, policy, now }: JudgedImage,
  known: KnownSince | Problem,
): Evaluation[] {
  const asset = unopenedImage(`${upstream.name}@${digest}`, { lineage: upstream.name });
  return evaluateUpstream(asset, upstream.rule, known, { policy: policy.policy, now });
}

/**
 * The first time that any replica asked for it; for good, so that nobody's clock or restart sets it back.
 *
 * @throws Problem `store.*`
 */
export async function firstSeen(name: string, digest: Digest, now: Date, locks: Pick<Locks, "claim">): Promise<Date> {
  const held = new Date(await locks.claim(`upstream seen ${name}@${digest}`, now.toISOString()));
  // What cannot be a date was not written by us.
  return Number.isNaN(held.getTime()) || held > now ? now : held;
}

/**
 * When the youngest of its images says that it was made; undefined where one has no date, or one that no image can have. Nobody
 * vouches for it.
 *
 * @throws Problem of the registry
 */
export async function createdAt(digest: Digest, from: RegistryClient, now: Date): Promise<Date | undefined> {
  const dates = await datesOf(digest, from, now, 0);
  let youngest: Date | undefined;
  for (const date of dates) {
    if (date === undefined) return undefined;
    if (youngest === undefined || date > youngest) youngest = date;
  }
  return youngest;
}

type Dates = readonly (Date | undefined)[];

async function datesOf(digest: Digest, from: RegistryClient, now: Date, depth: number): Promise<Dates> {
  const place = `${from.place}@${digest}`;
  const { bytes } = await from.manifest(digest);
  const document = parseIndexOrManifest(bytes, place);
  if (document.kind === "manifest") {
    const config = await from.document(document.config.digest, document.config.size);
    return [dateOf(parseImageConfig(config, place).created, now)];
  }
  const images = document.manifests.filter(({ platform }) => platform?.os !== "unknown");
  if (images.length > bounds.datedImages || depth > 2 || images.length === 0) return [undefined];
  const all: (Date | undefined)[] = [];
  for (const image of images) append(all, await datesOf(image.digest, from, now, depth + 1));
  return all;
}

/** Reproducible builds have the epoch, or some other date of long ago: of those nobody knows when they were made. */
const EARLIEST = Date.parse("2013-03-20T00:00:00Z");

function dateOf(created: string | undefined, now: Date): Date | undefined {
  const date = new Date(created ?? "");
  const at = date.getTime();
  return Number.isNaN(at) || at < EARLIEST || at > now.getTime() ? undefined : date;
}
