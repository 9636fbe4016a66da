import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asOf, site } from "./judged-image.fixture.ts";

/** `--vex` from end to end: what a document says of an image's flaws, and what it does to the verdict. */

async function judged() {
  const place = site();
  place.image(["old"]);
  place.advisories({ old: "critical" });
  const run = (...words: readonly string[]) => place.run(...words);
  assert.equal((await run("db", "import", "advisories", "--db", "a.db", "--quiet")).status, 0);
  const write = (name: string, statement: object) =>
    writeFileSync(
      join(place.folder, name),
      JSON.stringify({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/1",
        author: "Shop",
        timestamp: "2025-06-01T00:00:00Z",
        version: 1,
        statements: [
          {
            vulnerability: { name: "CVE-2025-1000" },
            products: [{ "@id": "pkg:oci/web", subcomponents: [{ "@id": "pkg:npm/old" }] }],
            ...statement,
          },
        ],
      }),
    );
  const scan = (...words: readonly string[]) => run("image", "scan", "oci:image", "--db", "a.db", ...asOf, ...words);
  return { ...place, write, scan };
}

test("a statement takes a finding out of the verdict, and every format says why", async () => {
  using place = await judged();
  place.write("v.json", { status: "not_affected", justification: "vulnerable_code_not_present" });
  assert.equal((await place.scan()).status, 1);
  const files = ["json", "sarif", "table"].flatMap((format) => ["--format", `${format}=out.${format}`]);
  const { status, stdout } = await place.scan("--vex", "v.json", "--details", "--format", "plain", ...files);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^note: VEX: v\.json, OpenVEX by Shop, 1 statement$/m);
  assert.match(stdout, /^excepted: .*VEX not_affected: vulnerable_code_not_present \(Shop, v\.json\)$/m);
  const output = (format: string) => readFileSync(join(place.folder, `out.${format}`), "utf8");
  assert.match(output("table"), /VEX not_affected: vulnerable_code_not_present/);
  assert.match(output("sarif"), /"justification": "VEX not_affected: vulnerable_code_not_present \(Shop\)"/);
  const { evaluations } = JSON.parse(output("json")) as { evaluations: { excepted: { exception: object }[] }[] };
  assert.deepEqual(evaluations.flatMap(({ excepted }) => excepted)[0]?.exception, {
    reason: "VEX not_affected: vulnerable_code_not_present",
    owner: "Shop",
    source: { path: "v.json" },
  });
});

test("affected is noted on the finding, and a document that is not named is not read", async () => {
  using place = await judged();
  place.write("v.json", { status: "affected", action_statement: "wait" });
  const noted = await place.scan("--vex", "v.json", "--details", "--format", "plain", "--format", "table=out.table");
  assert.equal(noted.status, 1);
  assert.match(readFileSync(join(place.folder, "out.table"), "utf8"), /VEX affected: wait/);
  assert.match(noted.stdout, /VEX affected: wait \(v\.json statements\[0\], Shop\)/);
  assert.doesNotMatch((await place.scan()).stdout, /VEX/);
});

test("the latest of several documents wins", async () => {
  using place = await judged();
  place.write("early.json", { status: "affected" });
  place.write("late.json", { status: "fixed", timestamp: "2025-06-01T12:00:00Z" });
  assert.equal((await place.scan("--vex", "late.json", "--vex", "early.json")).status, 0);
});

test("a broken document ends the run and names the place", async () => {
  using place = await judged();
  place.write("v.json", { status: "fine" });
  const { status, stderr } = await place.scan("--vex", "v.json");
  assert.equal(status, 2);
  assert.match(stderr, /^bulkhead: vex\.invalid: v\.json: statements\[0\]\.status: /);
  assert.match((await place.scan("--vex", "none.json")).stderr, /^bulkhead: vex\.unreadable: none\.json: /);
});

test("what a lockfile pins is met by its package-url alone", async () => {
  using place = await judged();
  const packages = { "": { name: "shop" }, "node_modules/old": { version: "1.0.0" } };
  writeFileSync(join(place.folder, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
  const deps = (...words: readonly string[]) => place.run("build", "deps", ".", "--db", "a.db", ...asOf, ...words);
  const said = { status: "not_affected", justification: "vulnerable_code_not_present" };
  place.write("image.json", said);
  place.write("other.json", {
    ...said,
    products: [{ "@id": "pkg:npm/other", subcomponents: [{ "@id": "pkg:npm/old" }] }],
  });
  place.write("package.json", { ...said, products: [{ "@id": "pkg:npm/old@1.0.0" }] });
  assert.equal((await deps()).status, 1);
  assert.equal((await deps("--vex", "image.json", "--vex", "other.json")).status, 1);
  const { status, stdout } = await deps("--vex", "package.json", "--details", "--format", "plain");
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^excepted: .*package-lock\.json.*VEX not_affected: vulnerable_code_not_present/m);
});
