/** What every store does, whatever it is kept in: run over each of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../core/runs.fixture.ts";
import { anyEvaluation } from "./evaluation.fixture.ts";
import { imageOf } from "./image.fixture.ts";
import type { Change, Store } from "./model.ts";

const hour = 3_600_000;
const at = new Date("2026-11-01T10:00:00.000Z");
const later = new Date(at.getTime() + hour);

/** @param open - one store for all tests; each uses repositories and names of its own */
export function keepsWhatItIsGiven(open: () => Promise<Store>): void {
  let opened: Promise<Store> | undefined;
  const over = (title: string, body: (store: Store) => Promise<void>): void => {
    test(title, async () => {
      opened ??= open();
      await body(await opened);
    });
  };

  over("a scan is read back as it was saved, and the newest is kept", async ({ images }) => {
    const image = imageOf("shop/saved", "a");
    assert.equal(await images.get(image), undefined);
    await images.save(image);
    assert.deepEqual(await images.get(image), image);
    const next = { ...imageOf("shop/saved", "a", later), evaluations: image.evaluations.slice(1) };
    await images.save(next);
    await images.save(image);
    assert.deepEqual(await images.get(image), next);
  });

  over("whatever evaluations say, they are read back equal, and so is what replaces them", async ({ images }) => {
    const key = keyOf(imageOf("shop/any", "a"));
    let scans = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvaluation, { maxLength: 8 }), async (evaluations) => {
        const image = { ...imageOf("shop/any", "a", new Date(at.getTime() + ++scans)), evaluations };
        await images.save(image);
        assert.deepEqual(await images.get(key), image);
      }),
      runs(30),
    );
  });

  over("of many, those that are stored come in the order asked for", async ({ images }) => {
    const a = imageOf("shop/many", "a");
    const b = imageOf("shop/many", "b");
    await images.save(a);
    await images.save(b);
    assert.deepEqual(await images.getMany([b, imageOf("shop/many", "c"), a]), [b, a]);
    assert.deepEqual(await images.getMany([]), []);
  });

  over("what is there is listed in pages by key, with its tags and how it was judged", async ({ images }) => {
    const [a, b, c] = [imageOf("aaa/listed", "a"), imageOf("aaa/listed", "b"), imageOf("aaa/listed2", "a")] as const;
    for (const image of [c, b, a]) await images.saw({ ...keyOf(image), tag: "1.0", mediaType: "m", at });
    await images.saw({ ...keyOf(a), tag: "latest", mediaType: "m", at: later });
    await images.save(a);
    const first = await images.list({ limit: 2 });
    assert.deepEqual(first, [
      {
        ...keyOf(a),
        ...{ mediaType: "m", pushedAt: at, tags: ["1.0", "latest"], failing: 1, unknown: 1 },
        scannedAt: a.scannedAt,
        databaseDigest: a.databaseDigest,
        policyDigest: a.policyDigest,
      },
      { ...keyOf(b), mediaType: "m", pushedAt: at, tags: [], failing: 0, unknown: 0 },
    ]);
    const [next] = await images.list({ after: keyOf(b), limit: 1 });
    assert.deepEqual(next, { ...keyOf(c), mediaType: "m", pushedAt: at, tags: ["1.0"], failing: 0, unknown: 0 });
    assert.deepEqual(await images.find(b), first[1]);
  });

  over("a tag is where it was seen last, in whatever order that is told", async ({ images }) => {
    const [a, b] = [imageOf("shop/tags", "a"), imageOf("shop/tags", "b")] as const;
    await images.saw({ ...keyOf(b), tag: "t", mediaType: "m", at: later });
    await images.saw({ ...keyOf(a), tag: "t", mediaType: "m", at });
    assert.deepEqual((await images.find(b))?.tags, ["t"]);
    assert.deepEqual((await images.find(a))?.tags, []);
    await images.gone({ ...keyOf(a), tag: "t" });
    assert.deepEqual((await images.find(b))?.tags, ["t"]);
    await images.gone({ ...keyOf(b), tag: "t" });
    assert.deepEqual((await images.find(b))?.tags, []);
  });

  over("what is gone is not listed, references nothing, and is new when it is pushed again", async ({ images }) => {
    const a = imageOf("shop/gone", "a");
    const blob = imageOf("shop/gone", "d").digest;
    await images.saw({ ...keyOf(a), tag: "t", mediaType: "m", at });
    await images.saw({ ...keyOf(a), mediaType: "m", at: later });
    assert.deepEqual((await images.find(a))?.pushedAt, at);
    await images.save(a);
    await images.saveBlobs(a, [blob], []);
    await images.gone(keyOf(a));
    assert.equal(await images.find(a), undefined);
    assert.deepEqual(await images.manifestsWith("shop/gone", blob), []);
    assert.deepEqual(await images.get(a), a);
    await images.saw({ ...keyOf(a), mediaType: "m", at: later });
    assert.deepEqual((await images.find(a))?.pushedAt, later);
    assert.deepEqual((await images.find(a))?.tags, []);
    await images.gone(keyOf(imageOf("shop/gone", "f")));
  });

  over("a media type is a manifest's word: whatever it is, the image is known", async ({ images }) => {
    const a = imageOf("shop/hostile", "a");
    await images.saw({ ...keyOf(a), mediaType: `\0 \ud800 ${"m".repeat(5_000)}`, at });
    assert.deepEqual((await images.find(a))?.pushedAt, at);
  });

  over("writes about one image at once do no harm", async ({ images }) => {
    const a = imageOf("shop/once", "a");
    const blobs = ["1", "2", "3", "4"].map((letter) => imageOf("x/x", letter).digest);
    await Promise.all(
      blobs.flatMap((_, n) => [
        images.saveBlobs(a, [...blobs.slice(n), ...blobs.slice(0, n)], [blobs[n] ?? a.digest]),
        images.saw({ ...keyOf(a), tag: `t${n}`, mediaType: "m", at }),
        images.save(imageOf("shop/once", "a", new Date(at.getTime() + n))),
      ]),
    );
    assert.equal((await images.get(a))?.scannedAt.getTime(), at.getTime() + 3);
    assert.deepEqual((await images.find(a))?.tags, ["t0", "t1", "t2", "t3"]);
    assert.deepEqual(await images.manifestsWith("shop/once", blobs[0] ?? a.digest), [a.digest]);
  });

  over("what was found to be gone before it was seen again is there", async ({ images }) => {
    const a = imageOf("shop/raced", "a");
    const blob = imageOf("shop/raced", "d").digest;
    await images.saw({ ...keyOf(a), tag: "t", mediaType: "m", at: later });
    await images.saveBlobs(a, [blob], []);
    await images.gone({ ...keyOf(a), tag: "t", asOf: at });
    await images.gone({ ...keyOf(a), asOf: at });
    assert.deepEqual((await images.find(a))?.tags, ["t"]);
    assert.deepEqual(await images.manifestsWith("shop/raced", blob), [a.digest]);
    await images.gone({ ...keyOf(a), tag: "t", asOf: later });
    assert.deepEqual((await images.find(a))?.tags, []);
    await images.gone({ ...keyOf(a), asOf: later });
    assert.equal(await images.find(a), undefined);
  });

  over("blobs and children lead to the manifests of their repository alone", async ({ images }) => {
    const [a, b, elsewhere] = [
      imageOf("shop/blobs", "a"),
      imageOf("shop/blobs", "b"),
      imageOf("shop/other", "a"),
    ] as const;
    const [one, two] = [imageOf("x/x", "1").digest, imageOf("x/x", "2").digest] as const;
    await images.saveBlobs(a, [one, two, one], []);
    await images.saveBlobs(b, [one], [a.digest]);
    await images.saveBlobs(elsewhere, [one], []);
    assert.deepEqual(await images.manifestsWith("shop/blobs", one), [a.digest, b.digest]);
    assert.deepEqual(await images.manifestsWith("shop/blobs", two), [a.digest]);
    assert.deepEqual(await images.parentsOf("shop/blobs", a.digest), [b.digest]);
    assert.deepEqual(await images.manifestsWith("shop/blobs", a.digest), []);
    await images.saveBlobs(a, [two], []);
    assert.deepEqual(await images.manifestsWith("shop/blobs", one), [b.digest]);
    await images.saveBlobs(a, [], []);
    assert.deepEqual(await images.manifestsWith("shop/blobs", two), []);
  });

  over("a document comes back byte by byte, and the newer one replaces it", async ({ images }) => {
    const a = imageOf("shop/document", "a");
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 256));
    assert.equal(await images.document(a, "sbom"), undefined);
    await images.saveDocument(a, "sbom", bytes);
    assert.deepEqual(await images.document(a, "sbom"), bytes);
    await images.saveDocument(a, "sbom", Buffer.of(0));
    assert.deepEqual(await images.document(a, "sbom"), Buffer.of(0));
  });

  over("a digest runs that was seen running since", async ({ images }) => {
    const { digest } = imageOf("x/x", "7");
    await images.savesRunning([digest, digest], later, "cluster-a");
    await images.savesRunning([digest], at, "cluster-a");
    assert.equal(await images.runs(digest, at), true);
    assert.equal(await images.runs(digest, later), true);
    assert.equal(await images.runs(digest, new Date(later.getTime() + 1)), false);
    assert.equal(await images.runs(imageOf("x/x", "8").digest, at), false);
  });

  over("the first claim of a name holds until it is released by what it was claimed for", async ({ locks }) => {
    assert.equal(await locks.claim("tag a", "1"), "1");
    assert.equal(await locks.claim("tag a", "2"), "1");
    await locks.release("tag a", "2");
    assert.equal(await locks.claim("tag a", "2"), "1");
    await locks.release("tag a", "1");
    const all = await Promise.all(["3", "4", "5", "6"].map((value) => locks.claim("tag a", value)));
    assert.equal(new Set(all).size, 1);
  });

  over("what is held is nobody else's until it is given back", async ({ locks }) => {
    const end = await locks.tryHold("index a");
    assert.ok(end !== undefined);
    assert.equal(await locks.tryHold("index a"), undefined);
    const other = await locks.tryHold("index b");
    assert.ok(other !== undefined);
    await end();
    await end();
    const again = await locks.tryHold("index a");
    assert.ok(again !== undefined);
    await again();
    await other();
  });

  over("the audit log is read back, newest first and in pages", async ({ audit }) => {
    for (const n of [1, 2, 3]) audit.write({ time: at, n, said: "\u0000 \ud800 '\"" });
    await audit.flush();
    const [three, two] = await audit.list({ limit: 2 });
    assert.deepEqual([three?.entry.n, two?.entry.n, three?.at, audit.lost], [3, 2, at, 0]);
    assert.equal(three?.entry.said, "\u0000 \ud800 '\"");
    const [one] = await audit.list({ limit: 1, before: two?.id ?? "" });
    assert.equal(one?.entry.n, 1);
  });

  over("whoever wants to know is told what changed", async ({ images, jobs, changes }) => {
    const told: Change[] = [];
    const end = changes.subscribe((change) => told.push(change));
    const [a, b] = [imageOf("shop/told", "a"), imageOf("shop/told", "b")] as const;
    const image = (of: typeof a): Change => ({ kind: "image", key: keyOf(of) });
    await images.save(a);
    await images.saw({ ...keyOf(a), tag: "t", mediaType: "m", at });
    assert.deepEqual(told.splice(0), [image(a), image(a)]);
    await images.saw({ ...keyOf(b), tag: "t", mediaType: "m", at: later });
    assert.deepEqual(
      new Set(told.splice(0).map((each) => JSON.stringify(each))),
      new Set([image(a), image(b)].map((each) => JSON.stringify(each))),
    );
    await jobs.add([{ kind: "scan", about: {}, key: "told" }]);
    assert.deepEqual(told.splice(0), [{ kind: "job" }]);
    end();
    await images.save(a);
    assert.deepEqual(told, []);
  });
}

function keyOf({ repository, digest }: ReturnType<typeof imageOf>) {
  return { repository, digest };
}
