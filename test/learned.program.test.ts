/** `--learned` from end to end: what running containers did, beside what their image holds. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { npmPackage } from "../src/collect/image/image-files.fixture.ts";
import type { LearnedWorkload } from "../src/engines/events/learn/model.ts";
import { fixtureImage, tarOf, writeLayout } from "../src/engines/oci/image.fixture.ts";
import { learned, learnedWorkload } from "../src/joins/loaded/loaded.fixture.ts";
import { asOf, site } from "./judged-image.fixture.ts";

const image = fixtureImage(
  [
    {
      createdBy: "COPY . /",
      tar: tarOf([
        ...["used", "idle"].map((name) => npmPackage(name, "1.0.0")),
        { name: "app/node_modules/used/index.js", content: "x" },
        { name: "app/server", content: "#!/bin/sh\n", mode: 0o755 },
      ]),
    },
  ],
  { config: { created: "2025-06-01T00:00:00Z", config: { User: "10001" } } },
);

async function scanned(...workloads: readonly LearnedWorkload[]) {
  const place = site();
  writeLayout(join(place.folder, "image"), { "shop/web:1": image });
  // By severity alone the idle one would come first.
  place.advisories({ idle: "critical", used: "critical" });
  writeFileSync(join(place.folder, "learned.json"), JSON.stringify(learned(...workloads)));
  const run = (...words: readonly string[]) => place.run(...words);
  assert.equal((await run("db", "import", "advisories", "--db", "a.db", "--quiet")).status, 0);
  const scan = (...words: readonly string[]) => run("image", "scan", "oci:image", "--db", "a.db", ...asOf, ...words);
  const output = (name: string) => readFileSync(join(place.folder, name), "utf8");
  return { ...place, run, scan, output };
}

const ran = learnedWorkload(image, { run: ["/app/server"], opened: ["/app/node_modules/used/index.js"] });

interface Json {
  notes: string[];
  evaluations: {
    check: string;
    verdict: string;
    asset: { name: string };
    findings: { package?: { name: string }; loaded?: { state: string; reason: string }; title: string }[];
  }[];
}

test("each format tells what was loaded, what was not comes last, and no verdict is another", async () => {
  using place = await scanned(ran);
  const before = await place.scan("--format", "plain");
  const files = ["json", "sarif", "html", "table", "markdown", "cyclonedx"].flatMap((format) => [
    "--format",
    `${format}=out.${format}`,
  ]);
  const { status, stdout } = await place.scan("--learned", "learned.json", "--details", "--format", "plain", ...files);
  assert.deepEqual([before.status, status], [1, 1]);
  assert.match(
    stdout,
    /package=used .*loaded=loaded .*priority="loaded: \/app\/node_modules\/used\/index\.js was opened/,
  );
  assert.match(stdout, /package=idle .*loaded="not loaded" /);
  assert.ok(stdout.indexOf("package=used") < stdout.indexOf("package=idle"));
  const { evaluations, notes } = JSON.parse(place.output("out.json")) as Json;
  const of = (check: string) => evaluations.filter((evaluation) => evaluation.check === check);
  assert.deepEqual(
    of("image/known-vulnerabilities").flatMap(({ findings }) =>
      findings.map((finding) => [finding.package?.name, finding.loaded?.state]),
    ),
    [
      ["used", "loaded"],
      ["idle", "not loaded"],
    ],
  );
  assert.deepEqual(
    notes.filter((note) => note.includes("learned")),
    [],
  );
  assert.deepEqual(
    of("runtime/drift").map(({ verdict, asset }) => [verdict, asset.name]),
    [["pass", "unnamed host/Container/api"]],
  );
  assert.match(place.output("out.sarif"), /"loaded": "not loaded"/);
  assert.match(place.output("out.cyclonedx"), /"bulkhead:loaded"/);
  assert.match(place.output("out.table"), /LOADED/);
  assert.match(place.output("out.html"), /no file of it was opened in 1\.5 h/);
});

test("a program that came after the image was built is a finding of the workload", async () => {
  using place = await scanned({
    ...ran,
    of: { namespace: "shop", kind: "Deployment", name: "web", container: "web" },
    executables: [{ path: "/tmp/x", count: 2, layer: "upper" }],
  });
  const { stdout } = await place.scan("--learned", "learned.json", "--format", "json");
  const { evaluations } = JSON.parse(stdout) as Json;
  const [drifted] = evaluations.filter(({ check }) => check === "runtime/drift");
  assert.deepEqual([drifted?.verdict, drifted?.asset.name], ["fail", "shop/Deployment/web"]);
  assert.equal(drifted?.findings[0]?.title, "/tmp/x was run: written since the container started");
});

test("an image that no workload ran has unknown packages, and the report says so", async () => {
  using place = await scanned({ ...ran, images: [{ name: "other", id: `sha256:${"1".repeat(64)}` }] });
  const { stdout } = await place.scan("--learned", "learned.json", "--format", "json");
  const { evaluations, notes } = JSON.parse(stdout) as Json;
  const states = evaluations.flatMap(({ findings }) => findings.flatMap(({ loaded }) => loaded?.state ?? []));
  assert.deepEqual(states, ["unknown", "unknown"]);
  assert.deepEqual(
    notes.filter((note) => note.startsWith("learned.json")),
    [
      "learned.json: no workload ran 1 image of those scanned",
      "learned.json: the images of 1 workload were not scanned",
    ],
  );
});

test("check reads it for the images of a directory; a file of another kind is refused", async () => {
  using place = await scanned(ran);
  const { stdout } = await place.run(
    "check",
    ".",
    "--db",
    "a.db",
    ...asOf,
    "--learned",
    "learned.json",
    "--format",
    "json",
  );
  const { evaluations } = JSON.parse(stdout) as Json;
  assert.ok(evaluations.some(({ findings }) => findings.some(({ loaded }) => loaded?.state === "not loaded")));
  writeFileSync(join(place.folder, "learned.json"), "{}");
  const refused = await place.scan("--learned", "learned.json");
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /not what `runtime learn` writes/);
  assert.equal((await place.scan("--learned", "nowhere.json")).status, 2);
});
