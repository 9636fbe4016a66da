/** What an image is built on, as evidence. */
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import { type KnownBases, recogniseBase } from "../../engines/contents/base/recognise.ts";
import type { BaseImage, Inventory } from "../../engines/contents/model.ts";
import type { ImageConfig } from "../../engines/oci/model.ts";

interface BaseContext {
  readonly now: Date;
  /** Bases that were learnt on this machine. */
  readonly bases?: KnownBases;
}

/** What of an image tells its base. */
interface ImageWithBase {
  readonly config: Pick<ImageConfig, "diffIds" | "history" | "labels">;
  /** Of the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The base of an image; absent where it is not recognised, partial where something of the distribution was not read. */
export function baseOfImage(
  { config, annotations }: ImageWithBase,
  inventory: Evidence<Inventory>,
  { now, bases }: BaseContext,
): Evidence<BaseImage> {
  if (inventory.state === "absent") return absent(inventory.gaps[0], ...inventory.gaps.slice(1));
  const { diffIds, history, labels } = config;
  const base = recogniseBase({ inventory: inventory.facts, diffIds, history, annotations, labels }, bases);
  return evidenceOfBase(base, inventory.gaps, now);
}

/** @param gaps - of the inventory */
export function evidenceOfBase(base: BaseImage | undefined, gaps: readonly Gap[], now: Date): Evidence<BaseImage> {
  if (base === undefined) return absent(unrecognised);
  // Whose layers are known by their digests needs no look at what is in them.
  const own = base.by === "chain" ? [] : gaps.filter(({ concerns }) => concerns === undefined || OS.has(concerns));
  return present(base, now.toISOString(), { gaps: own });
}

const OS: ReadonlySet<string> = new Set(["deb", "apk", "rpm"]);

const unrecognised: Gap = {
  code: "base.unrecognised",
  reason: "its base image is not recognized",
  remedy: "bulkhead image base --learn REFERENCE records a base",
};
