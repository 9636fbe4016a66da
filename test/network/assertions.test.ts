import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { manifests, shopFolder, workplace } from "./commands.fixture.ts";

const HARDENED =
  "allow shop/web -> shop/api:3000\nallow shop/web -> shop/Service/api:80\ndeny shop/* -> internet\ndeny * -> metadata\n";

test("all hold: 0; with the count", async () => {
  using place = workplace();
  const file = place.write("n.txt", HARDENED);
  const { code, stdout } = await place.network("test", file, shopFolder("hardened"), "--cni", "calico");
  assert.equal(code, 0, stdout);
  assert.match(stdout, /: all 4 assertions hold · exit code 0\n$/);
});

test("one fails: 1, with the rule that decides, or that none selects it", async () => {
  using place = workplace();
  const file = place.write("n.txt", "\ndeny shop/web -> shop/api:3000\n");
  const hardened = await place.network("test", file, shopFolder("hardened"), "--cni", "calico");
  assert.equal(hardened.code, 1);
  assert.match(hardened.stdout, /✗ line 2: deny shop\/web -> shop\/api:3000/);
  assert.match(hardened.stdout, /allowed by NetworkPolicy shop\/web, egress rule 1\s+kubernetes\/network\.yaml:\d+/);
  const insecure = await place.network("test", file, shopFolder("insecure"));
  assert.equal(insecure.code, 1);
  assert.match(insecure.stdout, /egress of shop\/web +open: no policy selects it for egress/);
});

test("an unknown one is no pass: 3, and says what would settle it; a failure counts before it", async () => {
  using place = workplace();
  const unknown = await place.network("test", place.write("n.txt", HARDENED), shopFolder("hardened"));
  assert.equal(unknown.code, 3);
  assert.match(unknown.stdout, /whether the cluster enforces them is unknown \(use --cni NAME, or/);
  const both = place.write("b.txt", `${HARDENED}allow shop/worker -> shop/api:3000\n`);
  assert.equal((await place.network("test", both, shopFolder("hardened"))).code, 1);
});

test("the scanned directory's own policy makes nothing pass; one that the caller names does", async () => {
  using place = workplace();
  place.write("a.yaml", manifests.pods(["web"]) + manifests.denyAll);
  const policy = place.write("bulkhead.yaml", "apiVersion: bulkhead/v1\ncluster: { cni: calico }\n");
  const file = place.write("n.txt", "deny a/web -> internet\n");
  const own = await place.network("test", file);
  assert.equal(own.code, 3);
  assert.match(own.stdout, /cluster facts of the scanned directory's own policy are not used for verdicts/);
  assert.equal((await place.network("test", file, ".", "--policy", policy)).code, 0);
  assert.equal((await place.network("test", file, ".", "--cni", "calico")).code, 0);
  assert.equal((await place.network("test", file, ".", "--cni", "none")).code, 1);
});

test("a name that is nobody's, and a line that is none: 2, with the line", async () => {
  using place = workplace();
  const cases = {
    "deny shop/* -> internet\ndeny shop/wbe -> internet\n":
      /n\.txt:2: deny shop\/wbe -> internet: nothing is called shop\/wbe \(did you mean shop\/web\?\)/,
    "deny shop/web internet\n": /n\.txt:1: .*no arrow/,
    "# nothing\n": /n\.txt: no assertions/,
  } as const;
  for (const [text, message] of Object.entries(cases)) {
    const { code, stderr, stdout } = await place.network("test", place.write("n.txt", text), shopFolder("hardened"));
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, message);
  }
  assert.equal((await place.network("test", "nowhere.txt")).code, 2);
});

test("what was not read leaves nothing sure: 3", async () => {
  using place = workplace();
  place.write("a.yaml", manifests.pods(["web", "api"]));
  place.write("b.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: [\n");
  const { code, stdout } = await place.network("test", place.write("n.txt", "allow a/web -> a/api:80\n"));
  assert.equal(code, 3);
  assert.match(stdout, /\? not read: 1 gap, so that nothing holds for sure\n {2}b\.yaml:\d/);
});

test("JSON and JUnit say the same as the text", async () => {
  using place = workplace();
  const file = place.write("n.txt", "allow shop/web -> shop/api:3000\ndeny shop/web -> shop/api:3000\n");
  const [json, junit] = [join(place.path, "t.json"), join(place.path, "t.xml")];
  const { code } = await place.network(
    "test",
    file,
    shopFolder("hardened"),
    "--cni",
    "calico",
    "--format",
    `json=${json}`,
    "--format",
    `junit=${junit}`,
  );
  assert.equal(code, 1);
  const document = JSON.parse(readFileSync(json, "utf8")) as {
    results: { verdict: string; line: number }[];
    exitCode: number;
  };
  assert.deepEqual(
    document.results.map(({ verdict, line }) => [line, verdict]),
    [
      [1, "pass"],
      [2, "fail"],
    ],
  );
  assert.equal(document.exitCode, 1);
  assert.match(
    readFileSync(junit, "utf8"),
    /tests="2" failures="1" errors="0"[\s\S]*<failure message="shop\/web -&gt; shop\/api: TCP 3000 is allowed">/,
  );
});
