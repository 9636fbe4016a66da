import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { zipOf } from "../../../formats/zip/zip.fixture.ts";
import { tarOf } from "../../oci/image.fixture.ts";
import type { ArchiveKind } from "../archive/read.ts";
import type { PackageContents } from "../model.ts";
import { bounds } from "./bounds.ts";
import { type ExpectedManifest, newCapabilities, readPackageArchive } from "./read.ts";
import { readPackageFolder } from "./read-folder.ts";

const OPTIONS = { place: "npm:made@1.0.0", observedAt: "2026-01-01T00:00:00Z" };

type Files = Readonly<Record<string, string | Buffer>>;

function archive(files: Files, root = "package"): Buffer {
  return gzipSync(tarOf(Object.entries(files).map(([name, content]) => ({ name: `${root}/${name}`, content }))));
}

function read(
  bytes: Buffer,
  kind: ArchiveKind,
  expected?: ExpectedManifest,
): { facts: PackageContents; gaps: string[] } {
  const evidence = readPackageArchive(bytes, kind, { ...OPTIONS, ...(expected === undefined ? {} : { expected }) });
  assert.ok(evidence.state === "present", JSON.stringify(evidence));
  return { facts: evidence.facts, gaps: evidence.gaps.map(({ code, reason }) => `${code} ${reason}`) };
}

const npm = (files: Files, expected?: ExpectedManifest) => read(archive(files), "npm", expected);
const manifest = (fields: object): string =>
  JSON.stringify({ name: "made", version: "1.0.0", license: "MIT", ...fields }, null, 2);
const joined = (...parts: string[]): string => parts.join("");

describe("a package of npm", () => {
  test("says its name, license, dependencies, lines of code", () => {
    const { facts, gaps } = npm({
      "package.json": manifest({ dependencies: { a: "1" }, optionalDependencies: { b: "2" } }),
      "index.js": "// a\n\nlet a = 1; /* b */\n/*\nc\n*/\nexport { a };\n",
      "test/a.js": "let b;\n",
      "lib/a.test.js": "let b;\n",
      "README.md": "text\n",
    });
    assert.deepEqual(gaps, []);
    assert.equal(facts.name, "made");
    assert.equal(facts.version, "1.0.0");
    assert.equal(facts.license, "MIT");
    assert.equal(facts.files, 5);
    assert.equal(facts.codeLines, 2);
    assert.deepEqual(facts.dependencies, ["a", "b"]);
    assert.deepEqual(facts.threats, []);
  });

  test("runs its scripts at installation, and node-gyp where binding.gyp stands alone", () => {
    const scripts = { preinstall: "node a.js", postinstall: "node b.js", test: "c", prepare: "d" };
    assert.deepEqual(
      npm({ "package.json": manifest({ scripts }) }).facts.installScripts.map(({ name, command, path, line }) => [
        name,
        command,
        path,
        line,
      ]),
      [
        ["preinstall", "node a.js", "package.json", 6],
        ["postinstall", "node b.js", "package.json", 7],
      ],
    );
    const gyp = { "package.json": manifest({}), "binding.gyp": "{}" };
    assert.equal(npm(gyp).facts.installScripts[0]?.name, "binding.gyp");
    const own = { ...gyp, "package.json": manifest({ scripts: { install: "node a.js" } }) };
    assert.deepEqual(
      npm(own).facts.installScripts.map(({ name }) => name),
      ["install"],
    );
    assert.deepEqual(npm({ ...gyp, "package.json": manifest({ gypfile: false }) }).facts.installScripts, []);
  });

  test("that says otherwise than the registry is told", () => {
    const files = {
      "package.json": manifest({ version: "1.0.1", scripts: { install: "node a.js" }, dependencies: { a: "1" } }),
    };
    const expected = { name: "made", version: "1.0.0", scripts: {}, dependencies: ["b"] };
    assert.deepEqual(npm(files, expected).facts.mismatches, [
      "version: 1.0.1 in the archive, 1.0.0 expected",
      "script install: only in the archive",
      "dependency a: only in the archive",
      "dependency b: missing in the archive",
    ]);
    assert.deepEqual(npm(files, { name: "made" }).facts.mismatches, []);
  });

  test("without a manifest says so", () => {
    assert.match(npm({ "index.js": "" }).gaps[0] ?? "", /^packages\.manifest npm:made@1\.0\.0: no package\.json/);
    assert.match(npm({ "package.json": "{" }).gaps[0] ?? "", /^packages\.manifest/);
  });

  test("has capabilities with their places, and whether they run at installation", () => {
    const { facts } = npm({
      "package.json": manifest({ scripts: { install: "node lib/install" } }),
      "lib/install.js": 'require("./more");\n',
      "lib/more.js": 'const cp = require("child_process");\n\ncp.execSync("make");\n',
      "index.js": 'exports.get = () => fetch("https://a.example.com");\n',
      "addon.node": Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46]), Buffer.alloc(100)]),
    });
    assert.deepEqual(
      facts.capabilities.map(({ kind, path, line, atInstall }) => [kind, path, line, atInstall]),
      [
        ["process", "lib/more.js", 3, true],
        ["network", "index.js", 1, false],
        ["binary", "addon.node", 1, false],
      ],
    );
    assert.equal(facts.capabilities[0]?.excerpt, 'cp.execSync("make");');
    assert.deepEqual(facts.threats, []);
  });

  test("whose script runs a file of any name is followed there", () => {
    const code = joined(
      "ev",
      `al(Buffer.from("${Buffer.from("console.log(1)").toString("base64")}", "base64").toString())`,
    );
    const { facts } = npm({
      "package.json": manifest({ scripts: { install: "node data/readme.dat" } }),
      "data/readme.dat": code,
    });
    assert.deepEqual(
      facts.threats.map(({ rule, severity, path, line }) => [rule, severity, path, line]),
      [["encoded-exec", "critical", "data/readme.dat", 1]],
    );
  });

  test("with what its tests alone do is not refused for it", () => {
    const code = joined("ev", 'al(atob("', Buffer.from("console.log(12345)").toString("base64"), '"))');
    const aside = npm({ "package.json": manifest({}), "index.js": "", "test/a.js": code });
    assert.deepEqual(
      aside.facts.threats.map(({ severity }) => severity),
      ["low"],
    );
    const used = npm({ "package.json": manifest({}), "index.js": 'require("./test/a")', "test/a.js": code });
    assert.equal(used.facts.threats[0]?.severity, "critical");
  });

  test("that fetches its own program, as installers of compilers do, is not refused for it", () => {
    const install = [
      'const fs = require("fs"), https = require("https"), zlib = require("zlib"), path = require("path"), cp = require("child_process");',
      'const target = path.join(__dirname, "bin", process.platform === "win32" ? "made.exe" : "made");',
      "const get = (url) => new Promise((resolve) => https.get(url, (res) => { const parts = []; res.on('data', (each) => parts.push(each)); res.on('end', () => resolve(Buffer.concat(parts))); }));",
      'get("https://registry.npmjs.org/@made/linux-x64/-/linux-x64-1.0.0.tgz").then((bytes) => {',
      "  fs.writeFileSync(target, zlib.unzipSync(bytes));",
      '  cp.execFileSync(target, ["--version"], { stdio: "pipe" });',
      "});",
    ].join("\n");
    const { facts } = npm({
      "package.json": manifest({ scripts: { postinstall: "node install.js" } }),
      "install.js": install,
    });
    assert.deepEqual(
      facts.threats.filter(({ severity }) => severity === "critical" || severity === "high"),
      [],
    );
    assert.ok(facts.threats.some(({ rule }) => rule === "download-run"));
  });

  test("with dependencies by URL is told", () => {
    const remote = (url: string) =>
      npm({ "package.json": manifest({ dependencies: { a: url } }) }).facts.threats.map(({ severity, line }) => [
        severity,
        line,
      ]);
    assert.deepEqual(remote("http://a.example.com/a.tgz"), [["high", 6]]);
    assert.deepEqual(remote("https://codeload.github.com/a/b/tar.gz/c"), [["low", 6]]);
    assert.deepEqual(remote("^1.0.0"), []);
  });

  test("longer than its bounds is scored as far as it goes, and says so", () => {
    const long = `/*${" ".repeat(bounds.sourceLength)}*/ process.env;`;
    const { gaps } = npm({ "package.json": manifest({}), "index.js": long });
    assert.match(gaps.join(), /packages\.file-not-read .*longer than the limit.*: index\.js/);
  });
});

describe("a package of Python", () => {
  const METADATA =
    "Metadata-Version: 2.1\nName: Made.Up\nVersion: 1.0\nLicense: MIT\nRequires-Dist: requests>=2; extra == 'a'\n\nName: other\n";

  test("says what runs at installation", () => {
    const { facts } = read(
      archive(
        {
          "PKG-INFO": METADATA,
          "setup.py": "",
          "pyproject.toml": '[build-system]\nbuild-backend = "own.build"\nbackend-path = ["tools"]\n',
          "tools/own/build.py": "import os\nos.system('make')\n",
        },
        "made-1.0",
      ),
      "sdist",
      { name: "made-up", version: "1.0", dependencies: ["Requests"] },
    );
    assert.deepEqual(
      facts.installScripts.map(({ name }) => name),
      ["setup.py", "build-backend"],
    );
    assert.deepEqual(facts.dependencies, ["requests"]);
    assert.deepEqual(facts.mismatches, []);
    assert.deepEqual(
      facts.capabilities.map(({ kind, path, atInstall }) => [kind, path, atInstall]),
      [["process", "tools/own/build.py", true]],
    );
  });

  test("as a wheel runs .pth files whenever Python starts", () => {
    const files = (line: string) => [
      { name: "made.pth", content: `# a\n${line}\n` },
      { name: "made-1.0.dist-info/METADATA", content: METADATA },
    ];
    const plain = read(zipOf(files("import os; var = 'X'; os.environ.get(var)")), "wheel").facts;
    assert.deepEqual(
      plain.installScripts.map(({ name, line }) => [name, line]),
      [[".pth", 2]],
    );
    assert.deepEqual(plain.threats, []);
    const starts = read(zipOf(files("import subprocess; subprocess.Popen(['a'])")), "wheel").facts;
    assert.deepEqual(
      starts.threats.map(({ rule, line }) => [rule, line]),
      [["startup-code", 2]],
    );
    assert.deepEqual(read(zipOf(files("/usr/lib/other")), "wheel").facts.installScripts, []);
  });

  test("whose names are written in other letters is read as Python reads them", () => {
    const { facts } = read(
      archive({ "PKG-INFO": METADATA, "setup.py": joined("𝓮𝔁𝓮", "𝓬('1')\n") }, "made-1.0"),
      "sdist",
    );
    assert.deepEqual(
      facts.threats.map(({ rule }) => rule),
      ["hidden-call"],
    );
  });
});

test("crates and gems say what is built with them", () => {
  const crate = read(
    archive(
      { "Cargo.toml": '[package]\nname = "made"\nversion = "1.0.0"\n', "build.rs": "fn main() {}" },
      "made-1.0.0",
    ),
    "crate",
  );
  assert.deepEqual([crate.facts.name, crate.facts.installScripts[0]?.name], ["made", "build.rs"]);
  const gem = tarOf([
    { name: "metadata.gz", content: gzipSync("name: made\nversion: !ruby/object:Gem::Version\n  version: 1.0.0\n") },
    { name: "data.tar.gz", content: gzipSync(tarOf([{ name: "ext/extconf.rb", content: "" }])) },
  ]);
  assert.deepEqual(
    read(gem, "gem").facts.installScripts.map(({ path }) => path),
    ["ext/extconf.rb"],
  );
});

test("what is no archive is unknown", () => {
  const evidence = readPackageArchive(Buffer.from("no archive"), "npm", OPTIONS);
  assert.equal(evidence.state, "absent");
  assert.equal(evidence.gaps[0]?.code, "packages.archive");
});

test("a directory is read as its archive is, from where its manifest lies", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-package-"));
  try {
    const files: Files = {
      "made/package/package.json": manifest({ scripts: { install: "node a.js" } }),
      "made/package/a.js": "",
    };
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    symlinkSync("/etc", join(folder, "made/package/out"));
    const evidence = await readPackageFolder(folder, OPTIONS);
    assert.ok(evidence.state === "present");
    assert.equal(evidence.facts.installScripts.length, 1);
    assert.match(evidence.gaps[0]?.reason ?? "", /links are not followed: made\/package\/out/);
    const none = await readPackageFolder(join(folder, "none"), OPTIONS);
    assert.equal(none.state, "absent");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("new capabilities are those of kinds that were not there, or that newly run at installation", () => {
  const before = npm({
    "package.json": manifest({}),
    "index.js": 'exports.a = () => fetch("https://a.example.com");\n',
  }).facts;
  const after = npm({
    "package.json": manifest({ scripts: { install: "node index.js" } }),
    "index.js": 'fetch("https://a.example.com");\nrequire("child_process").execSync("make");\n',
  }).facts;
  assert.deepEqual(
    newCapabilities(before, after).map(({ kind, atInstall }) => [kind, atInstall]),
    [
      ["network", true],
      ["process", true],
    ],
  );
  assert.deepEqual(newCapabilities(after, after), []);
});
