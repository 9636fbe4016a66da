/** For tests: what `runtime learn` writes of one workload, and an image with what is known of its packages. */
import assert from "node:assert/strict";
import { openFixture } from "../../collect/image/image-files.fixture.ts";
import { readImageFiles } from "../../collect/image/image-files.ts";
import { inventoryOfImage } from "../../collect/image/inventory.ts";
import type { Inventory } from "../../engines/contents/model.ts";
import type { Learned, LearnedFile, LearnedWorkload } from "../../engines/events/learn/model.ts";
import type { FixtureImage } from "../../engines/oci/image.fixture.ts";
import { joinLoaded } from "./join.ts";
import { observedOf } from "./observed.ts";
import { programsOf } from "./programs.ts";

export function learnedFile(path: string, changes: Partial<LearnedFile> = {}): LearnedFile {
  return { path, count: 1, layer: "lower", ...changes };
}

type Files = readonly (string | LearnedFile)[];

interface Ran {
  readonly opened?: Files;
  readonly run?: Files;
}

/** Watched completely, for an hour and a half, in one container. */
export function learnedWorkload(
  image: FixtureImage,
  { opened = [], run = [], ...changes }: Partial<Omit<LearnedWorkload, "opened">> & Ran,
): LearnedWorkload {
  const files = (list: Files) => list.map((file) => (typeof file === "string" ? learnedFile(file) : file));
  const container = { id: "c1", from: "2026-01-01T00:00:00Z", to: "2026-01-01T01:30:00Z", start: true, stop: true };
  return {
    of: { container: "api" },
    images: [{ name: "api:1", id: image.config }],
    watched: { seconds: 5400, hours: 1, containers: [container], lost: {}, complete: true, missing: [] },
    written: [],
    connections: [],
    listening: [],
    users: [],
    mounts: [],
    cut: {},
    ...changes,
    opened: files(opened),
    executables: files(run),
  };
}

export function learned(...workloads: readonly LearnedWorkload[]): Learned {
  return {
    apiVersion: "bulkhead/v1",
    kind: "Learned",
    from: "2026-01-01T00:00:00Z",
    to: "2026-01-01T01:30:00Z",
    workloads,
  };
}

/** The inventory of an image with what was learned. */
export async function joined(image: FixtureImage, ...workloads: readonly LearnedWorkload[]): Promise<Inventory> {
  const open = await openFixture(image);
  const inventory = await inventoryOfImage(open, { now: new Date("2026-01-02T00:00:00Z") });
  assert.ok(inventory.state === "present");
  const observed = observedOf(learned(...workloads), open);
  assert.ok(observed !== undefined);
  const files = await readImageFiles(open, programsOf(observed), undefined);
  return joinLoaded(inventory.facts, files, observed);
}

/** Name → state and reason. */
export async function statesOf(
  image: FixtureImage,
  ...workloads: readonly LearnedWorkload[]
): Promise<Readonly<Record<string, string>>> {
  const { packages } = await joined(image, ...workloads);
  return Object.fromEntries(packages.map(({ name, loaded }) => [name, `${loaded?.state}: ${loaded?.reason}`]));
}
