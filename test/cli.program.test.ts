/** The command line: exit codes, outputs, errors. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import {
  alpine322,
  apkDatabase,
  debian13,
  dpkgStatus,
  imageOf,
  npmPackage,
} from "../src/collect/image/image-files.fixture.ts";
import { type FixtureEntry, fixtureImage, tarOf, writeLayout } from "../src/engines/oci/image.fixture.ts";
import { bulkhead, type Ended, program } from "./bulkhead.ts";
import { inherited } from "./environment.ts";
import { type Answered, inProcess } from "./in-process.ts";
import { now, writeAdvisories } from "./made-advisories.ts";
import { assertRefused } from "./refused.ts";

const project = join(import.meta.dirname, "..");

const images: Readonly<Record<string, readonly FixtureEntry[]>> = {
  sound: [alpine322, apkDatabase({ zlib: "1.3.1-r2" }), npmPackage("sound", "1.0.0")],
  flawed: [npmPackage("flawed", "1.0.0"), npmPackage("scratched", "1.0.0")],
  scratched: [npmPackage("scratched", "1.0.0")],
  uncovered: [debian13, dpkgStatus({ bash: "5.2-1" }), npmPackage("sound", "1.0.0")],
  mixed: [debian13, dpkgStatus({ bash: "5.2-1" }), npmPackage("flawed", "1.0.0")],
};

let folder: string;
let home: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-cli-"));
  home = join(folder, "home");
  mkdirSync(home);
  writeAdvisories(join(folder, "advisories"));
  for (const [name, entries] of Object.entries(images)) writeLayout(join(folder, name), { v1: imageOf(entries) });
  const { code, stdout } = await run("db", "import", "advisories", "--label", "made advisories");
  assert.equal(code, 0, stdout);
});
after(() => rmSync(folder, { recursive: true }));

function run(...written: readonly string[]): Promise<Answered> {
  return inProcess(written, { cwd: folder, home });
}

function scan(image: string, ...options: readonly string[]): Promise<Answered> {
  return run("image", "scan", image, "--now", now, ...options);
}

describe("help", { concurrency: 2 }, () => {
  it("shows what there is, with examples and exit codes", async () => {
    const { code, stdout, stderr } = await bulkhead(["--help"], { cwd: folder, home });
    assert.deepEqual([code, stderr], [0, ""]);
    for (const said of ["check [options]", "image scan", "Examples:", "Exit codes: 0 clean, 1 findings"]) {
      assert.ok(stdout.includes(said), said);
    }
    const scanning = await run("image", "scan", "--help");
    assert.equal(scanning.code, 0);
    assert.ok(scanning.stdout.includes("--fail-on <severity>"));
  });

  it("says the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { version: string };
    assert.equal((await run("--version")).stdout, `${version}\n`);
  });

  it("is offered where a command, an option or an argument is wrong", async () => {
    for (const written of ["check --frobnicate", "image scan", "init a b"].map((words) => words.split(" "))) {
      assertRefused(await run(...written), /^error: .*\n/);
    }
  });
});

describe("the exit code", { concurrency: 2 }, () => {
  const cases: readonly (readonly [string, readonly string[], number])[] = [
    ["sound", [], 0],
    ["flawed", [], 1],
    ["scratched", [], 0],
    ["uncovered", [], 3],
    ["mixed", [], 1],
    ["scratched", ["--fail-on", "low"], 1],
    ["scratched", ["--fail-on", "medium"], 0],
    ["flawed", ["--fail-on", "never"], 0],
    ["uncovered", ["--fail-on", "critical"], 3],
  ];
  for (const [image, options, expected] of cases) {
    it(`of the ${image} image ${options.join(" ")} is ${expected}`, async () => {
      const { code, stdout, stderr } = await scan(image, "--quiet", ...options);
      assert.deepEqual([code, stderr], [expected, ""], stdout);
    });
  }

  it("is what the process ends with", async () => {
    for (const [words, expected] of [
      [["image", "scan", "sound"], 0],
      [["image", "scan", "flawed"], 1],
      [["image", "scan", "flawed", "--frobnicate"], 2],
      [["image", "scan", "uncovered"], 3],
    ] as const) {
      const { code, stdout, stderr } = await bulkhead([...words, "--now", now, "--quiet"], { cwd: folder, home });
      assert.equal(code, expected, words.join(" "));
      assert.deepEqual([stdout === "", stderr === ""], [expected === 2, expected !== 2]);
    }
  });

  it("of nothing to judge is 3, and said", async () => {
    const empty = join(folder, "empty");
    mkdirSync(join(empty, "below"), { recursive: true });
    for (const command of ["check", "build lint", "build deps", "workload audit", "workload fix", "secrets scan"]) {
      const { code, stdout } = await run(...command.split(" "), empty, "--now", now);
      assert.equal(code, 3, command);
      assert.match(stdout, /^result: unknown: incomplete: nothing to scan was found · .*exit code 3$/m, command);
      assert.doesNotMatch(stdout, /^(?:control: \d+|layer: \w+|evaluation:) pass /m, command);
    }
  });

  it("of a database that the caller names and that is not there, or is none, is 2", async () => {
    writeFileSync(join(folder, "no.db"), "no database");
    for (const name of ["nowhere.db", "no.db"]) {
      for (const command of ["image scan sound", "check .", "build deps .", "vex sound"]) {
        const words = [...command.split(" "), "--db", name, "--now", now];
        const { code, stdout, stderr } = await run(...words);
        assert.deepEqual([code, stdout], [2, ""], `${command} ${name}`);
        assert.match(stderr, /^bulkhead: database\.(?:missing|broken): /, command);
      }
    }
  });

  it("is all that --fail-on changes", async () => {
    const [usual, never] = await Promise.all([scan("flawed"), scan("flawed", "--fail-on", "never")]);
    const withoutResult = ({ stdout }: Answered) => stdout.replace(/^result: .*\n/m, "");
    assert.equal(withoutResult(never), withoutResult(usual));
  });

  it("does not depend on the environment", async () => {
    for (const environment of [
      { CI: "true" },
      { NO_COLOR: "1", TERM: "dumb" },
      { LANG: "tr_TR.UTF-8", TZ: "Asia/Tokyo" },
    ]) {
      const ended = await bulkhead(["image", "scan", "flawed", "--now", now], { cwd: folder, home, environment });
      assert.equal(ended.code, 1);
    }
  });
});

describe("a bug", { concurrency: 2 }, () => {
  /** Puts something else in the place of what a scan waits for. */
  async function scanWith(waiting: string): Promise<Ended> {
    const patch = encodeURIComponent(`Promise.all = () => { ${waiting} };`);
    const environment = { NODE_OPTIONS: `--import=data:text/javascript,${patch}` };
    return await bulkhead(["image", "scan", "flawed", "--now", now], { cwd: folder, home, environment });
  }

  for (const [what, waiting] of [
    ["that is thrown", 'throw new Error("a bug")'],
    ["that is thrown aside", 'setImmediate(() => { throw new Error("a bug") }); return new Promise(() => {})'],
    ["that waits for what never comes", "return new Promise(() => {})"],
  ] as const) {
    it(`${what} is neither clean nor a finding, and says what it is`, async () => {
      const { code, stdout, stderr } = await scanWith(waiting);
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(stderr, /^bulkhead: internal error, please report it: /m);
    });
  }
});

describe("the output", { concurrency: 2 }, () => {
  it("is plain text without colours where it is no terminal", async () => {
    const { stdout } = await scan("flawed");
    assert.ok(!stdout.includes("\u001b"));
    assert.match(stdout, /GHSA-aaaa-aaaa-aaaa/);
    assert.match(stdout, /^fix: 1 over critical=1 .*what="upgrade flawed to 1\.0\.1"$/m);
    assert.match((await scan("flawed", "--details")).stdout, /^finding: .*upgrade flawed from 1\.0\.0 to 1\.0\.1/m);
    assert.match(stdout, /made advisories/);
  });

  it("goes into files, and three lines tell of them", async () => {
    const { code, stdout } = await scan("flawed", "--format", "json=report.json", "--format", "sarif=report.sarif");
    assert.equal(code, 1);
    assert.match(stdout, /^✗ fail: .*\n2 findings: .*\nwritten: json report\.json, sarif report\.sarif\n$/);
    const sarif = JSON.parse(readFileSync(join(folder, "report.sarif"), "utf8"));
    assert.deepEqual([sarif.version, sarif.runs[0].results.length], ["2.1.0", 2]);
    assert.equal(JSON.parse(readFileSync(join(folder, "report.json"), "utf8")).exitCode, 1);
  });

  it("as JSON is as its published schema says, for a scan and for a check, failing, unknown and clean", async () => {
    const schema = JSON.parse(readFileSync(join(project, "docs/schemas/bulkhead-report-v1.json"), "utf8"));
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    for (const written of [
      ["image", "scan", "sound"],
      ["image", "scan", "uncovered"],
      ["check", "."],
    ]) {
      const { stdout } = await run(...written, "--now", now, "--format", "json");
      assert.ok(validate(JSON.parse(stdout)), `${written.join(" ")}: ${JSON.stringify(validate.errors)}`);
    }
  });

  it("is the same in two runs", async () => {
    const runs = await Promise.all(
      ["--no-cache", "--quiet"].map((option) => scan("mixed", "--format", "json", option)),
    );
    assert.equal(runs[0]?.stdout, runs[1]?.stdout);
  });

  it("may be closed early: no crash, and the exit code still tells", async () => {
    const child = spawn(process.execPath, [program, "image", "scan", "flawed", "--now", now, "--format", "json"], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: home, ...inherited },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    assert.deepEqual([code, stderr], [1, ""]);
  });
});

describe("what is wrong with the words is said in one line", { concurrency: 2 }, () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["a format", ["--format", "docx"], /^bulkhead: cli\.usage: --format docx: unknown format \(one of table/],
    ["two formats for the terminal", ["--format", "json", "--format", "sarif"], /only one format can go to stdout/],
    ["a severity", ["--fail-on", "awful"], /--fail-on awful: unknown severity \(one of critical/],
    ["a time", ["--now", "yesterday"], /--now yesterday: not a valid time/],
    ["a platform", ["--platform", "linux"], /^bulkhead: oci\.platform: /],
    ["a policy", ["--policy", "nowhere.yaml"], /^bulkhead: policy\..*nowhere\.yaml/],
    [
      "a file to write to",
      ["--format", "json=no/such/folder.json"],
      /^bulkhead: files\.unwritable: no\/such\/folder\.json: /,
    ],
  ];
  for (const [what, options, line] of cases) {
    it(what, async () => {
      const ended = await scan("sound", ...options);
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, line);
      assert.equal(ended.stderr.split("\n").length, 2, "one line");
    });
  }

  it("and a reference that leads to no image is told by what is there", async () => {
    mkdirSync(join(folder, "plain"));
    writeFileSync(join(folder, "notes.txt"), "no image\n");
    const cases = [
      ["plain", /^bulkhead: oci\.reference: plain: not an OCI layout/],
      ["notes.txt", /^bulkhead: oci\.reference: notes\.txt: neither an image archive/],
      ["oci:nowhere", /^bulkhead: oci\.reference: nowhere: no such file or directory/],
      ["oci:sound:v2", /holds no image v2 \(name one: oci:sound:NAME with one of v1\)/],
      ["oci-archive:plain", /^bulkhead: .*oci-archive:plain/],
      ["dir:nowhere", /^bulkhead: oci\.folder: dir:nowhere: no such directory/],
      ["shop/UPPER", /^bulkhead: oci\.reference: /],
      ["x".repeat(5_000), /^bulkhead: /],
    ] as const;
    for (const [reference, line] of cases) assertRefused(await scan(reference), line);
  });
});

describe("check", { concurrency: 2 }, () => {
  /** A folder under review: the image, and a policy. */
  function tree(name: string, policy: string, image: readonly FixtureEntry[] = images.flawed ?? []): string {
    const at = join(folder, "trees", name);
    mkdirSync(at, { recursive: true });
    // Of the day before, so that no rebuild is due.
    const config = { created: "2026-01-01T00:00:00Z", config: { User: "10001" } };
    writeLayout(join(at, "web"), { "shop/web:1": fixtureImage([{ tar: tarOf(image) }], { config }) });
    writeFileSync(join(at, "bulkhead.yaml"), policy);
    return at;
  }

  const head = "apiVersion: bulkhead/v1\n";
  const exception = (expires: string) =>
    `${head}exceptions:\n  - id: GHSA-aaaa-aaaa-aaaa\n    reason: it is not called\n    owner: the team\n    expires: ${expires}\n`;

  it("prints the ten controls, and where an exception expired", async () => {
    const { code, stdout } = await run("check", tree("expired", exception("2025-12-31")), "--now", now);
    assert.equal(code, 1);
    assert.match(stdout, /bulkhead\.yaml:3:5/);
    for (const control of ["Slim or distroless base images", "Images scanned and criticals blocked", "Mesh mTLS"]) {
      assert.ok(stdout.includes(control), control);
    }
    assert.match(stdout, /untrusted/);
  });

  it("leaves out what an exception in force names", async () => {
    const at = tree("excepted", exception("2026-12-31"));
    const { code, stdout } = await run("check", at, "--now", now, "--format", "json");
    assert.equal(code, 0, stdout);
    const report = JSON.parse(stdout) as { evaluations: { excepted: { exception: { owner: string } }[] }[] };
    assert.deepEqual(
      report.evaluations.flatMap(({ excepted }) => excepted.map((use) => use.exception.owner)),
      ["the team"],
    );
  });

  it("lets the tree's own policy loosen nothing under one from a commit", async () => {
    const at = tree("git", head);
    const git = (...written: readonly string[]) =>
      execFileSync("git", ["-C", at, "-c", "user.name=t", "-c", "user.email=t@example.org", ...written], {
        env: { PATH: process.env.PATH, HOME: home },
      });
    git("init", "--quiet", "--initial-branch=main");
    git("add", "bulkhead.yaml");
    git("commit", "--quiet", "--message", "policy");
    writeFileSync(join(at, "bulkhead.yaml"), exception("2026-12-31"));
    const trusted = await run("check", at, "--now", now, "--policy", "git:main:bulkhead.yaml");
    assert.equal(trusted.code, 1);
    assert.match(trusted.stdout, /bulkhead\.yaml:3:\d+/);
    assert.doesNotMatch(trusted.stdout, /policy: untrusted/);
    assert.equal((await run("check", at, "--now", now)).code, 0);
    assertRefused(await run("check", at, "--policy", "git:nowhere:bulkhead.yaml"), /^bulkhead: policy\./);
  });

  it("of a folder with nothing in it says so, and that nothing was judged", async () => {
    mkdirSync(join(folder, "bare"));
    const { code, stdout } = await run("check", "bare", "--now", now);
    assert.equal(code, 3);
    assert.match(stdout, /no images found/);
    assertRefused(await run("check", "nowhere"), /^bulkhead: cli\.usage: nowhere: no such file or directory/);
  });
});

describe("the other commands", { concurrency: 2 }, () => {
  it("policy validate names every error at its place", async () => {
    writeFileSync(join(folder, "good.yaml"), "apiVersion: bulkhead/v1\n");
    writeFileSync(
      join(folder, "bad.yaml"),
      "apiVersion: bulkhead/v1\nthresholds:\n  vulnerabilities:\n    severity: awful\nmore: 1\n",
    );
    const good = await run("policy", "validate", "good.yaml");
    assert.deepEqual([good.code, good.stdout], [0, "good.yaml: valid\n"]);
    const bad = await run("policy", "validate", "bad.yaml");
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /^bad\.yaml:4:15: /m);
    assert.match(bad.stderr, /^bad\.yaml:5:1: /m);
    assertRefused(await run("policy", "validate", "nowhere.yaml"), /^bulkhead: cli\.usage: nowhere\.yaml: no such/);
  });

  it("explain lists the checks, and says all of one", async () => {
    const listed = await run("explain");
    assert.equal(listed.code, 0);
    assert.match(listed.stdout, /^image\/known-vulnerabilities {2,}\S/m);
    assert.match((await run("explain", "image/known-vulnerabilities")).stdout, /Upgrade the package/);
    assertRefused(await run("explain", "image/unheard-of"), /^bulkhead: cli\.usage: .*unknown check/);
  });

  it("a cache that is another file is left alone", async () => {
    const notes = join(folder, "precious.txt");
    writeFileSync(notes, "a line that somebody wrote\n");
    assert.equal((await scan("sound", "--cache", notes)).code, 0);
    assert.equal(readFileSync(notes, "utf8"), "a line that somebody wrote\n");
    assertRefused(await run("cache", "status", "--cache", notes), /^bulkhead: cli\.cache: .*cannot be opened/);
  });
});
