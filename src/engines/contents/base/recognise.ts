/** What an image is built on: asked of the layers, the annotations, the history and the contents, in this order. */

import { type Digest, parseDigest } from "../../../core/digest.ts";
import { printable } from "../../../core/printable.ts";
import type { HistoryStep } from "../../oci/model.ts";
import { bounds as contentsBounds } from "../bounds.ts";
import type { Inventory } from "../model.ts";
import { type Boundary, boundaryOf } from "./boundary.ts";
import { chainIds } from "./chain.ts";
import { type DetectedKind, isOfDistribution, kindOf, nameOf } from "./kind.ts";
import type { BaseImage, KnownBase } from "./model.ts";

/** What is known of an image; of a folder the inventory alone. */
export interface ImageTraits {
  readonly inventory: Inventory;
  /** Lowest first. */
  readonly diffIds: readonly Digest[];
  readonly history: readonly HistoryStep[];
  /** Of the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Of the config. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Chain id → the base whose top layer has it. */
export type KnownBases = ReadonlyMap<Digest, KnownBase>;

/** OCI image specification, annotations.md. */
const NAME = "org.opencontainers.image.base.name";
const DIGEST = "org.opencontainers.image.base.digest";

/**
 * The base of an image; undefined where neither its layers nor its contents tell what kind it is. Names and digests that
 * an image states of itself name its base and never make its kind: that is what the contents show, or what they showed
 * when a base with the same layers was read.
 */
export function recogniseBase(image: ImageTraits, known: KnownBases = new Map()): BaseImage | undefined {
  const { diffIds, history, inventory } = image;
  const chain = knownBelow(diffIds, known);
  if (chain !== undefined) {
    const { name, digest, layers, kind, created } = chain;
    return {
      ...{ kind, name },
      ...(digest === undefined ? {} : { digest }),
      ...{ layers, by: "chain", confidence: "certain" },
      ...createdOf(created),
      why: layers === 1 ? `its lowest layer is that of ${name}` : `its lowest ${layers} layers are those of ${name}`,
    };
  }
  const told = kindOf(inventory);
  if (told === undefined) return undefined;
  const fits = history.filter(({ emptyLayer }) => !emptyLayer).length === diffIds.length;
  const boundary = fits ? boundaryOf(history) : undefined;
  const stated = statedIn(image.annotations) ?? statedIn(image.labels);
  const layers = layersOf(image, told, boundary);
  const created = fits && layers > 0 ? history.filter(({ emptyLayer }) => !emptyLayer)[layers - 1]?.created : undefined;
  const common = { kind: told.kind, layers, ...createdOf(created), why: told.why };
  if (stated !== undefined && isBeneath(stated.name, told)) {
    return { ...common, ...stated, by: "annotation", confidence: "stated" };
  }
  if (boundary?.name !== undefined && isBeneath(boundary.name, told)) {
    return { ...common, name: printable(boundary.name), by: "history", confidence: "likely" };
  }
  if (told.kind === "scratch") return { ...common, by: "contents", confidence: "likely" };
  const { distribution } = inventory;
  const named = distribution === undefined ? {} : { name: nameOf(distribution) };
  if (boundary?.mark === "CMD") return { ...common, ...named, by: "history", confidence: "guess" };
  return { ...common, ...named, by: distribution === undefined ? "contents" : "os-release", confidence: "guess" };
}

/** An image that says it is built from nothing and holds a distribution is that distribution's image. */
function isBeneath(name: string | undefined, { kind }: DetectedKind): boolean {
  return !isScratch(name) || kind === "scratch";
}

function isScratch(name: string | undefined): boolean {
  return name === "scratch" || name === "docker.io/library/scratch";
}

/** The highest of the known bases that lies below. */
function knownBelow(diffIds: readonly Digest[], known: KnownBases): KnownBase | undefined {
  if (known.size === 0) return undefined;
  const ids = chainIds(diffIds);
  for (const id of ids.reverse()) {
    const base = known.get(id);
    if (base !== undefined) return base;
  }
  return undefined;
}

/** Text of the image's author: bounded, and nothing that is no digest is one. */
function statedIn(texts: Readonly<Record<string, string>>): { name?: string; digest?: Digest } | undefined {
  const text = texts[NAME];
  const digest = parseDigest(texts[DIGEST]);
  const name = text === undefined || text.length > contentsBounds.declaredTextLength ? "" : printable(text);
  const isName = name !== "" && name.length <= contentsBounds.declaredTextLength;
  if (!isName && digest === undefined) return undefined;
  return { ...(isName ? { name } : {}), ...(digest === undefined ? {} : { digest }) };
}

/** Where nothing marks the end, the base is as high as the distribution's packages came without a build's instruction. */
function layersOf(
  { inventory, history, diffIds }: ImageTraits,
  told: DetectedKind,
  boundary: Boundary | undefined,
): number {
  if (diffIds.length === 0 || told.kind === "scratch") return 0;
  if (boundary !== undefined && boundary.layers > 0) return boundary.layers;
  const own = new Set<number>();
  for (const item of [...inventory.packages, ...(inventory.removed ?? [])]) {
    if (item.layer !== undefined && isOfDistribution(item)) own.add(item.layer);
  }
  const steps = history.filter(({ emptyLayer }) => !emptyLayer);
  let layers = 1;
  while (layers < diffIds.length && own.has(layers) && !INSTRUCTION.test(steps[layers]?.createdBy ?? "")) layers += 1;
  return layers;
}

/** What an application's Dockerfile leaves in the history. */
const INSTRUCTION = /^(?:RUN|COPY|ADD|WORKDIR|\/bin\/sh -c|\|\d)/;

function createdOf(created: string | undefined): { created?: string } {
  return created === undefined || Number.isNaN(Date.parse(created)) ? {} : { created: new Date(created).toISOString() };
}

/** The inventory with each package marked as the base's or the application's; a base without layers marks none. */
export function withOrigins(inventory: Inventory, base: BaseImage | undefined): Inventory {
  if (base === undefined || (base.layers === 0 && base.kind !== "scratch")) return inventory;
  return {
    ...inventory,
    packages: inventory.packages.map((item) =>
      item.layer === undefined ? item : { ...item, origin: item.layer < base.layers ? "base" : "application" },
    ),
  };
}
