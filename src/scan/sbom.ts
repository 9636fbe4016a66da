/** Bills of materials as what is judged. */
import { createHash } from "node:crypto";
import { relative, resolve, sep } from "node:path";
import { evidenceOfBase } from "../collect/image/base.ts";
import { readSbomFile } from "../collect/image/sbom-file.ts";
import type { Asset } from "../core/asset.ts";
import { type Digest, parseDigest } from "../core/digest.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { type Evidence, present } from "../core/evidence.ts";
import type { BaseImage, Inventory } from "../engines/contents/model.ts";
import { readSbom } from "../engines/contents/sbom/read.ts";
import type { ReadSbom } from "../engines/contents/sbom/sbom.ts";
import { imageAsset } from "../evaluate/image/assets.ts";
import { evaluateImage } from "../evaluate/image/image.ts";
import { contentsOf } from "./contents.ts";
import type { ScanContext } from "./context.ts";

export interface ScannedSbom {
  readonly evaluations: Evaluation[];
  /** What is wrong with the document and takes nothing from the verdict. */
  readonly notes: readonly string[];
}

/**
 * All evaluations of what a document lists. One that we wrote of an image is judged as that image; any other as itself.
 *
 * @param name - as the user called it
 * @throws Problem where the file cannot be read or is none
 */
export function scanSbom(file: string, name: string, context: ScanContext): ScannedSbom {
  const bytes = readSbomFile(file);
  const read = readSbom(bytes, file);
  return {
    evaluations: evaluateSbom(assetOf(read, bytes, file, name, context.now), read, context),
    notes: read.remarks.map((remark) => `${name}: ${remark}`),
  };
}

/** All evaluations of what a document lists, about the asset that it is of. */
export function evaluateSbom(
  asset: Asset,
  { subject, inventory, gaps }: ReadSbom,
  context: Pick<ScanContext, "policy" | "now" | "advisories" | "vex">,
): Evaluation[] {
  const layers = subject.kind === "image" ? subject.layers : [];
  const evidence = present(removedApart(inventory), context.now.toISOString(), { gaps });
  const base: Evidence<BaseImage> | undefined =
    subject.kind === "image" ? evidenceOfBase(subject.base, gaps, context.now) : undefined;
  return evaluateImage(asset, contentsOf(evidence, layers, context, base), context);
}

/** What an upper layer removed is in the document among the others. */
function removedApart(inventory: Inventory): Inventory {
  const removed = inventory.packages.filter(({ removedIn }) => removedIn !== undefined);
  if (removed.length === 0) return inventory;
  return { ...inventory, packages: inventory.packages.filter(({ removedIn }) => removedIn === undefined), removed };
}

function assetOf({ subject }: ReadSbom, bytes: Buffer, file: string, name: string, now: Date): Asset {
  if (subject.kind === "image") return imageAsset({ ...subject, name }, now);
  const id = parseDigest(`sha256:${createHash("sha256").update(bytes).digest("hex")}`) as Digest;
  return { kind: "sbom", id, lineage: subject.kind === "folder" ? subject.lineage : pathOf(file), name };
}

/** From the working folder, with slashes: the same wherever the tree is checked out. */
function pathOf(file: string): string {
  const near = relative(process.cwd(), resolve(file)).split(sep).join("/");
  return near.startsWith("../") ? near.slice(near.lastIndexOf("/") + 1) : near;
}
