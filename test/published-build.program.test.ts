import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { daily, helpScript } from "../bin/daily.js";
import { publishedManifest } from "../scripts/published-build.ts";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import { asOf, type Program, site } from "./judged-image.fixture.ts";
import { REPOSITORY, releaseTree } from "./ways-in/built-release.ts";

/** The package as it would be published, alone in a folder that no clone is around. */

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-published-"));
const installed = join(folder, "installed");
const program: Program = { node: process.execPath, file: join(installed, "bin", "bulkhead.js") };

before(async () => {
  await releaseTree(join(folder, "dist"));
  cpSync(join(folder, "dist"), installed, { recursive: true });
  rmSync(join(folder, "dist"), { recursive: true });
});
after(() => rmSync(folder, { recursive: true }));

const manifest = (path: string) =>
  JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Record<string, unknown>;

test("the package needs nothing to be installed beside it, and says which Node it is for", () => {
  const { version, optionalDependencies } = manifest(root);
  const pglite = (optionalDependencies as Record<string, string>)["@electric-sql/pglite"];
  const { description: _, ...published } = publishedManifest(root, {});
  const named = { repository: { type: "git", url: `git+${REPOSITORY}.git` }, ...publishedManifest(root, {}) };
  assert.deepEqual(manifest(installed), named);
  assert.deepEqual(published, {
    name: "bulkhead",
    version,
    license: "Apache-2.0",
    type: "module",
    bin: { bulkhead: "bin/bulkhead.js" },
    files: ["bin/", "action/", "code/", "docs/", "CHANGELOG.md", "SECURITY.md", "THIRD_PARTY_NOTICES"],
    engines: { node: ">=24" },
    peerDependencies: { "@electric-sql/pglite": pglite },
    peerDependenciesMeta: { "@electric-sql/pglite": { optional: true } },
  });
  for (const file of ["LICENSE", "README.md", "docs/schemas/bulkhead-policy-v1.json"]) {
    assert.equal(readFileSync(join(installed, file), "utf8"), readFileSync(join(root, file), "utf8"));
  }
});

test("the licences of what is bundled go with it", () => {
  const notices = readFileSync(join(installed, "THIRD_PARTY_NOTICES"), "utf8");
  for (const name of ["commander", "yaml", "zod", "semver"]) {
    const { version } = manifest(join(root, "node_modules", name));
    assert.ok(notices.includes(`\n${name} ${version} (`), name);
  }
  assert.match(notices, /Permission is hereby granted, free of charge/);
});

test("it says its version and what there is", () => {
  using place = site();
  assert.equal(place.start(program, "--version").stdout, `${manifest(root).version}\n`);
  const { status, stdout } = place.start(program, "--help");
  assert.equal(status, 0);
  assert.match(stdout, /^Usage: bulkhead /);
});

test("--help is one small script, and says what the modules say", () => {
  using place = site();
  const help = join(installed, helpScript);
  const text = readFileSync(help, "utf8");
  assert.ok(text.length < 250_000, `${text.length} bytes`);
  assert.match(text, /^[\n -~]*$/, "it is read as bytes");
  for (const [, name = ""] of text.matchAll(/\bimport\("\.\/([^"]+)"\)/g)) {
    assert.ok(existsSync(join(installed, "code", name)), name);
  }
  const aside = join(folder, "aside.cjs");
  for (const words of [[], ["--help"], ["-h"], ["help"], ["--version"], ["-V"]]) {
    const [whole, again] = [place.start(program, ...words), place.start(program, ...words)];
    renameSync(help, aside);
    const byModules = place.start(program, ...words);
    renameSync(aside, help);
    for (const { status, stdout, stderr } of [whole, again]) {
      assert.deepEqual([status, stdout, stderr], [byModules.status, byModules.stdout, byModules.stderr], words.join());
    }
    assert.match(whole.stdout + whole.stderr, /\S/);
  }
});

test("what every other command begins with is in few of the files", () => {
  const read = new Set<string>();
  const follow = (file: string): void => {
    if (read.has(file)) return;
    read.add(file);
    const text = readFileSync(join(installed, "code", file), "utf8");
    // What is imported at once; `import(` waits until the command is known.
    for (const [, next = ""] of text.matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g)) follow(next);
  };
  const [start = ""] = readdirSync(join(installed, "code")).filter((name) => name.startsWith("run-"));
  follow(start);
  const bytes = [...read].reduce((sum, name) => sum + readFileSync(join(installed, "code", name)).length, 0);
  assert.ok(bytes < 160_000, `${bytes} bytes of ${[...read].join(", ")}`);
});

test("it makes a database, scans an image and reports in every format", () => {
  using place = site();
  place.image(["minimist", "lodash"]);
  place.advisories({ minimist: "critical" });
  const imported = place.start(program, "db", "import", "advisories", "--quiet");
  assert.equal(imported.status, 0, imported.stderr);
  const files = ["json", "sarif", "html", "markdown", "junit", "gitlab", "github", "cyclonedx"];
  const { status, stdout, stderr } = place.start(
    program,
    "image",
    "scan",
    "oci:image",
    "--details",
    ...asOf,
    "--format",
    "plain",
    ...files.flatMap((format) => ["--format", `${format}=report.${format}`]),
  );
  assert.equal(status, 1, stderr);
  assert.match(stdout, /^finding: critical over CVE-2025-1000 package=minimist version=1\.0\.0 fixed=2\.0\.0 /m);
  for (const format of files) {
    assert.ok(readFileSync(join(place.folder, `report.${format}`), "utf8").includes("CVE-2025-1000"), format);
  }
});

/** Loaded by the words of each command, of every day or not: what they print, and what the process keeps. */
test("one script serves the commands of every day, and leads to the others", () => {
  using place = site();
  place.image(["minimist"]);
  writeFileSync(join(place.folder, "Dockerfile"), "FROM scratch\nADD https://example.com/a.sh /\n");
  writeFileSync(
    join(place.folder, "pod.yaml"),
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n",
  );
  const code = join(installed, "code");
  const aside = join(folder, "aside.cjs");
  const commands: Readonly<Record<string, readonly string[]>> = {
    check: ["."],
    "image scan": ["oci:image"],
    "image sbom": ["oci:image", "--format", "spdx"],
    "secrets scan": ["."],
    "workload audit": ["pod.yaml"],
    "cluster audit": ["--kubeconfig", "none"],
    "build lint": ["Dockerfile"],
    "build audit": ["."],
  };
  assert.deepEqual(
    Object.keys(commands).map((words) => words.replace(" ", "-")),
    daily,
  );
  for (const [words, rest] of Object.entries(commands)) {
    const line = [...words.split(" "), ...rest, ...(words.endsWith("sbom") ? [] : ["--format", "plain"]), ...asOf];
    const whole = place.start(program, ...line);
    assert.match(whole.stdout + whole.stderr, /\S/);
    assert.doesNotMatch(whole.stderr, /internal error/);
    renameSync(join(code, "daily.cjs"), aside);
    const byModules = place.start(program, ...line);
    renameSync(aside, join(code, "daily.cjs"));
    const { status, stdout } = byModules;
    assert.deepEqual({ status: whole.status, stdout: whole.stdout }, { status, stdout }, words);
  }
  const text = readFileSync(join(code, "daily.cjs"), "utf8");
  assert.match(text, /^[\n -~]*$/, "it is read as bytes");
  const led = [...text.matchAll(/\bimport\("\.\/([^"]+)"\)/g)].map(([, name = ""]) => name);
  assert.ok(led.length > 10, `${led.length}`);
  for (const name of led) assert.ok(existsSync(join(code, name)), name);
});

test("its policy reader, its generated policy and its completions work", () => {
  using place = site();
  assert.equal(place.start(program, "init").status, 0);
  assert.deepEqual(place.start(program, "policy", "validate").stdout, "bulkhead.yaml: valid\n");
  for (const shell of ["bash", "zsh", "fish"]) {
    assert.match(place.start(program, "completion", shell).stdout, /image scan/);
  }
});

/** A Node on the PATH that is older than 24. */
function olderNode(): string | undefined {
  const candidates = (process.env.PATH ?? "").split(delimiter).map((path) => join(path, "node"));
  return candidates.find((path) => {
    if (!existsSync(path)) return false;
    const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
    return Number.parseInt(stdout.slice(1), 10) < 24;
  });
}

const older = olderNode();
test("an older Node is told what it lacks", { skip: older === undefined && "there is no Node older than 24" }, () => {
  using place = site();
  const { status, stdout, stderr } = place.start({ ...program, node: older ?? "" }, "--version");
  assert.equal(status, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /^bulkhead: Bulkhead needs Node 24 or later, and this is \d+\.\d+\.\d+; /);
});

test("a thread of it finds its task", async () => {
  const tree = join(folder, "threads");
  mkdirSync(join(tree, ".github/workflows"), { recursive: true });
  writeFileSync(join(tree, ".github/workflows/ci.yml"), "on: push\njobs: {}\n");
  const input = {
    root: tree,
    paths: [".github/workflows/ci.yml"],
    context: { policy: defaultPolicy, now: new Date(0) },
    turns: new Int32Array(new SharedArrayBuffer(4)),
    count: 1,
  };
  const worker = new Worker(pathToFileURL(program.file), { workerData: { task: "pipelines", input } });
  const messages: { readonly result: readonly object[] }[] = [];
  worker.on("message", (message) => messages.push(message));
  assert.deepEqual(await once(worker, "exit"), [0]);
  assert.equal(messages.length, 1);
  assert.ok((messages[0]?.result.length ?? 0) > 10);
});
