import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../../core/runs.fixture.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { apk } from "./apk.ts";

function read(content: string | Buffer) {
  return factsOf(apk, "lib/apk/db/installed", content);
}

const EXAMPLE = `C:Q11Ing8/u1VIdY9czSxaDO9wJg72I=
P:ssl_client
V:1.30.1-r2
A:x86_64
S:4381
I:24576
T:EXternal ssl_client for busybox wget
U:https://busybox.net/
L:GPL-2.0-only
o:busybox
m:A. Maintainer <a@example.org>
t:1560361965
D:so:libc.musl-x86_64.so.1
F:usr
F:usr/bin
R:ssl_client
a:0:0:755
Z:Q1TTLtUopPeiF9JrA0cgKQZYggG+c=

P:.build-deps
V:20260101.120000
A:noarch

`;

describe("apk installed database", () => {
  test("keeps of a package's files those that may declare others", () => {
    const files = [
      ...["F:", "R:top", "a:0:0:755", "F:usr/bin", "R:plain", "Z:Q1", "R:tool", "a:0:0:755", "R:last"],
      ...["F:usr/lib/node_modules/a", "R:package.json", "M:0:0:755", "F:etc", "R:package.json", "a:0:0:640"],
    ];
    const [found] = packagesOf(read(`P:a\nV:1\n${files.join("\n")}\n\nP:b\nV:1\nF:bin\nR:b\na:0:0:4111\n`));
    assert.deepEqual(found?.owns, ["top", "usr/bin/tool", "usr/lib/node_modules/a/package.json"]);
    const [, second] = packagesOf(read("P:a\nV:1\n\nP:b\nV:1\nF:bin\nR:b\na:0:0:4111\n"));
    assert.deepEqual(second?.owns, ["bin/b"]);
  });

  test("reads packages with their origin", () => {
    assert.deepEqual(read(EXAMPLE), {
      kind: "packages",
      packages: [
        {
          type: "apk",
          name: "ssl_client",
          version: "1.30.1-r2",
          architecture: "x86_64",
          licenses: ["GPL-2.0-only"],
          source: { name: "busybox", version: "1.30.1-r2" },
          supplier: "A. Maintainer <a@example.org>",
          hashes: { sha1: "d489e0f3fbb5548758f5ccd2c5a0cef70260ef62" },
          owns: ["usr/bin/ssl_client"],
        },
        {
          type: "apk",
          name: ".build-deps",
          version: "20260101.120000",
          architecture: "noarch",
          licenses: [],
          source: { name: ".build-deps", version: "20260101.120000" },
        },
      ],
      unread: [],
    });
  });

  test("letters have case", () => {
    assert.equal(packagesOf(read("P:a\nV:1\np:b\nv:2\nO:c\n\n"))[0]?.source?.name, "a");
  });

  test("says what cannot be read, and where; the rest is still there", () => {
    const broken: readonly [entry: string, sentence: RegExp][] = [
      ["V:1\n\n", /line 1 states no name/],
      ["P:a\n\n", /line 1 \(a\) states no version/],
      ["P:a\nV:1\nP:b\nV:2\n\n", /states its name twice in line 3/],
      ["P:a\nV:1\nnonsense\n\n", /no field in line 3/],
      ["P:a\nV:1 2\n\n", /white space/],
    ];
    for (const [entry, sentence] of broken) {
      const facts = read(`${entry}\nP:good\nV:1\n\n`);
      assert.deepEqual(
        packagesOf(facts).map(({ name }) => name),
        ["good"],
      );
      assert.equal(unreadOf(facts).length, 1);
      assert.match(unreadOf(facts)[0] ?? "", sentence);
    }
  });

  test("a file that was cut off says so", () => {
    assert.deepEqual(unreadOf(read("P:a\nV:1.")), ["it ends in the middle of a line"]);
  });

  test("an entry needs no empty line after it at the end", () => {
    assert.equal(packagesOf(read("P:a\nV:1\n")).length, 1);
  });

  test("wants the database in both places and no other", () => {
    assert.ok(apk.wants("lib/apk/db/installed"));
    assert.ok(apk.wants("usr/lib/apk/db/installed"));
    assert.ok(!apk.wants("srv/lib/apk/db/installed"));
  });

  test("whatever the bytes, an answer", () => {
    fc.assert(
      fc.property(mutatedBytes(Buffer.from(EXAMPLE)), (bytes) => {
        assert.equal(read(bytes)?.kind, "packages");
      }),
      runs(300),
    );
  });
});
