/** Whatever manifests point to one another, what may not be pulled is not, by any way to it: held against a plain rule. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Digest } from "../../../core/digest.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { entryOf, type Guarded, guarded, pushImage, pushIndex, saveFound, told } from "./gate.fixture.ts";

/** Made in order: each may point to those before it. */
type Made =
  | { readonly kind: "image"; readonly is: "good" | "bad" | "unscanned" }
  | { readonly kind: "index"; readonly of: readonly number[]; readonly says: "image" | "unknown" | "nothing" }
  | { readonly kind: "statement"; readonly about: number; readonly holds: "text" | "archive" };

interface Pushed {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  readonly blobs: readonly Digest[];
}

const made: fc.Arbitrary<readonly Made[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("image" as const), is: fc.constantFrom("good" as const, "bad", "unscanned") }),
    fc.record({
      kind: fc.constant("index" as const),
      of: fc.array(fc.nat(7), { maxLength: 3 }),
      says: fc.constantFrom("image" as const, "unknown", "nothing"),
    }),
    fc.record({
      kind: fc.constant("statement" as const),
      about: fc.nat(7),
      holds: fc.constantFrom("text" as const, "archive"),
    }),
  ),
  { minLength: 1, maxLength: 8 },
);

async function push(held: Guarded, all: readonly Made[]): Promise<readonly Pushed[]> {
  const pushed: Pushed[] = [];
  for (const [n, one] of all.entries()) pushed.push(await pushOne(held, one, `${n}`, pushed));
  return pushed;
}

async function pushOne(held: Guarded, one: Made, name: string, before: readonly Pushed[]): Promise<Pushed> {
  const { registry } = held;
  if (one.kind === "image") {
    const image = pushImage(held, `${one.is} ${name}`);
    if (one.is !== "unscanned") await saveFound(held, image.digest, one.is === "good" ? [] : ["critical"]);
    return { ...image, blobs: [image.config, image.layer] };
  }
  if (one.kind === "index") {
    const children = one.of
      .flatMap((at) => before[at] ?? [])
      .map((child) => {
        const { mediaType, digest, size } = child;
        if (one.says === "nothing") return { mediaType, digest, size };
        const platform = one.says === "unknown" ? { os: "unknown", architecture: "unknown" } : undefined;
        return platform === undefined ? entryOf(child) : { mediaType, digest, size, platform };
      });
    // Told apart from another of the same.
    return { ...pushIndex(held, [...children], `index-${name}`), blobs: [] };
  }
  const about = before[one.about];
  const config = registry.blob("application/vnd.oci.image.config.v1+json", `{"of":"${name}"}`);
  const content = one.holds === "text" ? `{"n":"${name}"}` : Buffer.from(`\0\0${name}`);
  const layer = registry.blob("application/vnd.in-toto+json", content);
  const subject = about === undefined ? {} : { subject: about };
  return { ...registry.manifest({ config, layers: [layer], ...subject }), blobs: [config.digest, layer.digest] };
}

/** Those that may be pulled, as the documentation says it, with nothing of how it is done. */
function pullable(all: readonly Made[]): ReadonlySet<number> {
  const may = new Set<number>();
  const childrenOf = (one: Made, at: number) => (one.kind === "index" ? one.of.filter((child) => child < at) : []);
  const isServed = (one: Made, at: number): boolean => {
    if (one.kind === "image") return one.is === "good";
    if (one.kind === "index")
      return childrenOf(one, at).length === 0 || childrenOf(one, at).some((child) => may.has(child));
    if (one.holds === "archive") return false;
    if (one.about < at) return may.has(one.about);
    return all.some((other, n) => may.has(n) && childrenOf(other, n).includes(at));
  };
  for (let before = -1; before !== may.size; ) {
    before = may.size;
    for (const [at, one] of all.entries()) if (isServed(one, at)) may.add(at);
  }
  return may;
}

/** An entry that says that it is an image of a platform, and is none, is not looked into: less is served than could be. */
function isDoubtful(all: readonly Made[]): boolean {
  const wrong = all.some((one, at) => {
    if (one.kind !== "index" || one.says === "unknown") return false;
    return one.of.some((child) => child < at && all[child]?.kind === "statement");
  });
  // Ways through many manifests end at a bound.
  return wrong || all.length > 4;
}

/** A statement that names nothing is known by an index that holds it once somebody asked for that. */
function isKnown(all: readonly Made[], at: number, pushed: readonly Pushed[], heard: ReadonlySet<Digest>): boolean {
  const one = all[at];
  if (one?.kind !== "statement" || one.about < at) return true;
  return pushed.some(({ digest }, n) => {
    const other = all[n];
    return heard.has(digest) && other?.kind === "index" && other.of.includes(at);
  });
}

test("nothing that may not be pulled is served, however it is wrapped", async (t) => {
  const property = fc.asyncProperty(made, fc.infiniteStream(fc.nat(7)), async (all, order) => {
    const held = await guarded(t);
    const pushed = await push(held, all);
    const digests = new Map<Digest, boolean>();
    const blobs = new Map<Digest, boolean>();
    const served = pullable(all);
    for (const [at, { digest, blobs: own }] of pushed.entries()) {
      // The same bytes under several numbers are one manifest.
      const may = served.has(at);
      digests.set(digest, may || digests.get(digest) === true);
      for (const blob of own) blobs.set(blob, may || blobs.get(blob) === true);
    }
    // In any order, some twice: what was asked before opens no way.
    const asked = [...Array.from(order.take(12), (n) => pushed[n]?.digest), ...digests.keys()];
    const heard = new Set<Digest>();
    for (const digest of asked) {
      if (digest === undefined) continue;
      const decision = await held.pull(digest);
      heard.add(digest);
      const may = digests.get(digest) === true;
      const isUnheard = pushed.some((one, at) => one.digest === digest && !isKnown(all, at, pushed, heard));
      if (decision.action === "allow") assert.ok(may, `served: ${told(decision)} ${JSON.stringify(all)}`);
      else assert.ok(!may || isUnheard || isDoubtful(all), `refused: ${told(decision)} ${JSON.stringify(all)}`);
    }
    for (const [blob, may] of blobs) {
      const decision = await held.blob(blob);
      if (decision.action === "allow") assert.ok(may, `served a blob: ${told(decision)} ${JSON.stringify(all)}`);
    }
    assert.deepEqual(held.faults, []);
  });
  await fc.assert(property, runs(60));
});
