/**
 * The installed database beside the rules by which apk-tools reads it (its src/database.c and src/package.c): a line of
 * fewer than two bytes ends an entry that has a name and is nothing otherwise, what is stated twice counts as stated
 * last, fields of one entry go on behind its files, and an entry that nothing ends is none.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../../core/runs.fixture.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { apk } from "./apk.ts";

const read = (content: string) => factsOf(apk, "lib/apk/db/installed", content);

/** What apk lists; undefined where it refuses the database. */
function listedByApk(content: string): string[] | undefined {
  const listed: string[] = [];
  let [name, version, inFolder, ofFile] = ["", "", false, false];
  for (const line of content.split("\n").slice(0, -1)) {
    if (line.length < 2) {
      if (name === "") continue;
      listed.push(`${name} ${version}`);
      [name, version, inFolder, ofFile] = ["", "", false, false];
      continue;
    }
    if (line[1] !== ":") return undefined;
    const value = line.slice(2);
    if (line[0] === "P") name = value;
    else if (line[0] === "V") version = value;
    else if (line[0] === "F") {
      if (name === "") return undefined;
      inFolder = true;
    } else if (line[0] === "R") {
      if (!inFolder) return undefined;
      ofFile = true;
    } else if (line[0] === "a" && !ofFile) return undefined;
  }
  return listed;
}

const line = fc.constantFrom(
  ...["P:a", "P:b", "P:musl", "P:", "V:1", "V:1.2.3-r4", "V:", "A:x86_64", "o:src", "L:MIT", "F:usr", "F:", "R:f"],
  ...["a:0:0:755", "Z:Q1", "M:0:0:755", "P:a\r", "V:1\r", "P: a", "x", "\r", " ", "", "", "", "nonsense", "C:Q1"],
);
const entry = fc
  .tuple(fc.constantFrom("P:a", "P:musl", "P:zlib"), fc.constantFrom("V:1", "V:2-r0"), fc.array(line, { maxLength: 3 }))
  .map(([name, version, more]) => [name, version, ...more, ""]);

test("what apk lists is listed, or something is said to be unread", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(entry, fc.array(line, { maxLength: 4 })), { maxLength: 5 }),
      fc.constantFrom("", "\n", "\n\n"),
      (entries, end) => {
        const content = entries.flat().join("\n") + end;
        const theirs = listedByApk(content);
        if (theirs === undefined) return;
        const facts = read(content);
        if (unreadOf(facts).length > 0) return;
        const ours = packagesOf(facts).map(({ name, version }) => `${name} ${version}`);
        for (const each of theirs) assert.ok(ours.includes(each), `${JSON.stringify(content)}: ${each}`);
      },
    ),
    runs(3_000),
  );
});

test("an entry of another form than apk writes is a gap, never another package", () => {
  for (const content of [
    "P:a\nV:1\nF:usr\nR:x\nP:hidden\nV:2\n\n",
    "V:1\n\nP:a\n\n",
    "P:a\r\nV:1\r\n\r\nP:b\r\nV:1\r\n\r\n",
    "P:a\nV:1\nx\nP:b\nV:1\n\n",
    "\nV:9\n\nP:a\nV:1\n\n",
  ]) {
    assert.notEqual(unreadOf(read(content)).length, 0, JSON.stringify(content));
  }
});

test("fields in any order, behind files too, and databases of other layers", () => {
  const [found] = packagesOf(read("F:usr\nR:x\nV:1\nP:a\n\n"));
  assert.deepEqual([found?.name, found?.version], ["a", "1"]);
  assert.ok(apk.wants("lib/apk/db-uvol/installed"));
});
