import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { tarOf } from "../../oci/image.fixture.ts";
import { parseApk } from "../../vulnerability/versions/apk.ts";
import { type ApkOffer, addApkOffers, newestOf, openIndex } from "./index.ts";
import { readRepositories, repositoryName } from "./repositories.ts";
import { apkIndex, apkKey, signedContent, signedIndex } from "./signed-index.fixture.ts";

const key = apkKey();
const INDEX = apkIndex([
  { name: "musl", version: "1.2.5-r9", built: "2026-01-02T00:00:00Z" },
  { name: "busybox", version: "1.37.0-r12" },
  { name: "musl", version: "1.2.5-r10", built: "2026-02-02T00:00:00Z" },
]);

function faultOf(bytes: Buffer, ...keys: Parameters<typeof openIndex>[1]): string {
  const opened = openIndex(bytes, keys);
  return "fault" in opened ? opened.fault : "none";
}

describe("a signed index", () => {
  for (const [kind, hash] of [
    ["RSA", "sha1"],
    ["RSA256", "sha256"],
    ["RSA512", "sha512"],
  ] as const) {
    test(`opens: ${kind}`, () => {
      const opened = openIndex(signedIndex(INDEX, key, { kind, hash }), [key]);
      assert.ok(!("fault" in opened), JSON.stringify(opened));
      assert.equal(opened.index.toString(), INDEX);
    });
  }

  test("does not open without a key that fits", () => {
    const signed = signedIndex(INDEX, key);
    assert.match(faultOf(signed), /not trusted \(builder@/);
    assert.match(faultOf(signed, apkKey("other.rsa.pub")), /not trusted/);
    assert.match(faultOf(signed, apkKey()), /does not fit/);
    assert.match(faultOf(signed, { name: key.name, pem: "no key" }), /does not fit/);
    assert.match(faultOf(signedIndex(INDEX, key, { hash: "sha256" }), key), /does not fit/);
  });

  test("does not open changed, unsigned, or broken", () => {
    const signed = signedIndex(INDEX, key);
    const start = signedIndex("", key).length;
    assert.match(faultOf(Buffer.concat([signed, Buffer.alloc(1)]), key), /does not fit/);
    assert.match(faultOf(gzipSync(tarOf([{ name: "APKINDEX", content: INDEX }])), key), /not signed/);
    assert.match(faultOf(signed.subarray(0, 100), key), /broken/);
    assert.match(faultOf(Buffer.from("x".repeat(start)), key), /not a gzip/);
  });

  test("whatever the bytes, the signed index or none", () => {
    fc.assert(
      fc.property(mutatedBytes(signedIndex(INDEX, key)), (bytes) => {
        const opened = openIndex(bytes, [key]);
        if (!("fault" in opened)) assert.equal(opened.index.toString(), INDEX);
      }),
      runs(300),
    );
  });
});

test("whatever a trusted key signed, an answer", () => {
  const wanted = new Set(["musl", "busybox"]);
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(INDEX)), (bytes) => {
      const offers = new Map<string, { readonly offer: ApkOffer; readonly suite: number }[]>();
      const { unread, newest } = addApkOffers(offers, bytes, 0, wanted);
      assert.ok(unread >= 0 && !Number.isNaN(new Date(newest * 1000).getTime()));
      for (const name of offers.keys()) assert.ok(wanted.has(name));
    }),
    runs(300),
  );
  fc.assert(
    fc.property(mutatedBytes(tarOf([{ name: "APKINDEX", content: INDEX }])), (bytes) => {
      const opened = openIndex(signedContent(gzipSync(bytes), key), [key]);
      if ("fault" in opened) assert.match(opened.fault, /holds no APKINDEX/);
    }),
    runs(50),
  );
});

test("offers the newest of the wanted, and says when it was built", () => {
  const offers = new Map<string, { readonly offer: ApkOffer; readonly suite: number }[]>();
  const wanted = new Set(["musl"]);
  const { unread, newest } = addApkOffers(offers, Buffer.from(`${INDEX}\nP:musl\nV:broken\n\n`), 3, wanted);
  assert.equal(unread, 1);
  assert.equal(newest, Date.parse("2026-02-02T00:00:00Z") / 1000);
  assert.deepEqual([...offers.keys()], ["musl"]);
  const best = (version: string) => newestOf(parseApk(version) ?? [], offers.get("musl") ?? [])?.offer;
  assert.equal(best("1.2.5-r8")?.version, "1.2.5-r10");
  assert.equal(best("1.2.5-r10"), undefined);
  assert.equal(best("1.3.0-r0"), undefined);
});

test("repositories: those without a tag", () => {
  const text =
    "https://a.example/alpine/v3.22/main\n#https://b.example/\n@edge https://c.example/edge/main\n\n  /local/packages\n";
  assert.deepEqual(readRepositories(text), ["https://a.example/alpine/v3.22/main", "/local/packages"]);
  assert.equal(repositoryName(new URL("https://a.example/alpine/v3.22/main/")), "v3.22/main");
});
