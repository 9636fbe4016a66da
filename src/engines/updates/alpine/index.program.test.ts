import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { tarEntry, tarOf } from "../../oci/image.fixture.ts";
import { openIndex } from "./index.ts";
import { apkIndex, apkKey } from "./signed-index.fixture.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
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

test("is signed where openssl says so, and nowhere else", {
  skip: !hasOpenssl && "openssl is not installed",
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-apk-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  const content = gzipSync(tarOf([{ name: "APKINDEX", content: INDEX }]));
  const other = apkKey();
  writeFileSync(at("key"), key.pem);
  const made = (["sha1", "sha256", "sha512"] as const).flatMap((hash) =>
    [key, other].map((by) => ({ hash, signature: sign(hash, content, by.privateKey) })),
  );
  const changed = made.flatMap(({ hash, signature }) => [
    { hash, signature },
    { hash, signature: signature.subarray(1) },
    { hash, signature: Buffer.concat([Buffer.alloc(1), signature]) },
    { hash, signature: Buffer.from(signature.map((byte, index) => (index === 9 ? byte ^ 1 : byte))) },
  ]);
  const verdicts = new Set<boolean>();
  for (const { hash, signature } of changed) {
    for (const [kind, named] of [
      ["RSA", "sha1"],
      ["RSA256", "sha256"],
      ["RSA512", "sha512"],
    ] as const) {
      writeFileSync(at("signature"), signature);
      writeFileSync(at("content"), content);
      const words = ["dgst", `-${named}`, "-verify", at("key"), "-signature", at("signature"), at("content")];
      const theirs = spawnSync("openssl", words).status === 0;
      const entry = tarEntry({ name: `.SIGN.${kind}.${key.name}`, content: signature });
      const ours = faultOf(Buffer.concat([gzipSync(entry), content]), key) === "none";
      assert.equal(ours, theirs, `${kind} over ${hash}, ${signature.length} bytes`);
      verdicts.add(theirs);
    }
  }
  assert.equal(verdicts.size, 2);
});
