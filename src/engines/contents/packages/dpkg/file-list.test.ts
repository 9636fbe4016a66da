import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../../core/runs.fixture.ts";
import { factsOf } from "../../facts.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { dpkgFiles } from "./file-list.ts";

const INFO = "var/lib/dpkg/info";

const EXAMPLE = [
  ...["/.", "/usr", "/usr/bin", "/usr/bin/tool", "/usr/lib", "/usr/lib/tool", "/usr/lib/tool/helper"],
  ...["/usr/lib/tool/plugin.so", "/usr/share", "/usr/share/doc", "/usr/share/doc/tool/copyright"],
  ...["/usr/share/nodejs/node_modules/a/package.json", "/usr/lib/x86_64-linux-gnu/libcrypto.so.3", ""],
].join("\n");

describe("dpkg's lists of files", () => {
  test("keep what may declare packages, without folders", () => {
    assert.deepEqual(factsOf(dpkgFiles, `${INFO}/tool.list`, EXAMPLE), {
      kind: "ownership",
      owner: { name: "tool" },
      owns: [
        "usr/bin/tool",
        "usr/lib/tool/helper",
        "usr/lib/x86_64-linux-gnu/libcrypto.so.3",
        "usr/share/nodejs/node_modules/a/package.json",
      ],
    });
  });

  test("name the architecture where packages of several may be installed", () => {
    const facts = factsOf(dpkgFiles, `${INFO}/libc6:i386.list`, "/bin/a\n");
    assert.deepEqual(facts, { kind: "ownership", owner: { name: "libc6", architecture: "i386" }, owns: ["bin/a"] });
  });

  test("of distroless images stand beside the stanza, with digests", () => {
    const digests = "d41d8cd98f00b204e9800998ecf8427e  usr/bin/a\nd41d8cd98f00b204e9800998ecf8427e  usr/share/doc/a\n";
    assert.deepEqual(factsOf(dpkgFiles, "var/lib/dpkg/status.d/base.md5sums", digests), {
      kind: "ownership",
      owner: { path: "var/lib/dpkg/status.d/base" },
      owns: ["usr/bin/a"],
    });
  });

  test("most own nothing of the kind", () => {
    assert.equal(factsOf(dpkgFiles, `${INFO}/a.list`, "/.\n/usr\n/usr/share\n/usr/share/a\n"), undefined);
    assert.equal(factsOf(dpkgFiles, `${INFO}/a.list`, ""), undefined);
  });

  test("are told by their place and ending", () => {
    for (const path of [`${INFO}/a.list`, "var/lib/dpkg/status.d/a.md5sums"]) assert.ok(dpkgFiles.wants(path));
    for (const path of [`${INFO}/a.md5sums`, `${INFO}/a.postinst`, "var/lib/dpkg/status.d/a", "srv/a.list"]) {
      assert.ok(!dpkgFiles.wants(path), path);
    }
  });

  test("whatever the bytes, ownership or nothing", () => {
    fc.assert(
      fc.property(mutatedBytes(Buffer.from(EXAMPLE)), (bytes) => {
        const facts = factsOf(dpkgFiles, `${INFO}/a.list`, bytes);
        assert.ok(facts === undefined || (facts.kind === "ownership" && facts.owns.length <= 20));
      }),
      runs(300),
    );
  });
});
