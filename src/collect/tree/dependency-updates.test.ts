import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { readUpdateConfigurations } from "./dependency-updates.ts";
import { readPipelines } from "./pipelines.ts";
import { readSecretScanSettings } from "./secret-scan-settings.ts";

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "bulkhead-updates-"));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** `name: found, why it is stopped` of each entry; then the gaps. */
function read(files: Readonly<Record<string, string>>): string[] {
  const root = tree(files);
  const { github } = readPipelines(
    root,
    [".github/dependabot.yml"].filter((name) => Object.hasOwn(files, name)),
  );
  const { configurations, gaps } = readUpdateConfigurations(root, github);
  return [
    ...configurations.flatMap(({ entries }) =>
      entries.map(
        ({ name, found, stopped }) =>
          `${name}: ${found}${stopped === undefined ? "" : `, ${stopped.place.line}: ${stopped.reason}`}`,
      ),
    ),
    ...gaps.map(({ reason }) => reason),
  ];
}

const update = (ecosystem: string, keys: string) =>
  `version: 2\nupdates:\n  - package-ecosystem: ${ecosystem}\n    schedule: { interval: weekly }\n    ${keys}\n`;
const path = ".github/dependabot.yml";

test("Dependabot looks where there is something, or does not", () => {
  const own = (ecosystem: string, keys: string, files: Readonly<Record<string, string>> = {}) =>
    read({ [path]: update(ecosystem, keys), ...files });
  assert.deepEqual(own("npm", "directory: /web", { "web/package.json": "{}" }), ["npm in /web: yes"]);
  assert.deepEqual(own("npm", "directory: /web", { "web/README": "" }), ["npm in /web: no"]);
  assert.deepEqual(own("npm", "directory: /web"), ["npm in /web: no"]);
  assert.deepEqual(own("docker", "directory: /", { Dockerfile: "FROM a" }), ["docker in /: yes"]);
  assert.deepEqual(own("docker", "directories: [/a, /b]", { "b/Dockerfile": "FROM a" }), ["docker in /a, /b: yes"]);
  assert.deepEqual(own("github-actions", "directory: /", { ".github/workflows/a.yml": "on: push" }), [
    "github-actions in /: yes",
  ]);
  // Wildcards, ways out, and ecosystems whose files are not known.
  assert.deepEqual(own("npm", "directory: /packages/*"), ["npm in /packages/*: unknown"]);
  assert.deepEqual(own("npm", "directory: /../other"), ["npm in /../other: unknown"]);
  assert.deepEqual(own("terraform", "directory: /", { "main.tf": "" }), ["terraform in /: yes"]);
});

test("what Dependabot is told to leave out", () => {
  const own = (keys: string) => read({ [path]: update("npm", `directory: /\n    ${keys}`), "package.json": "{}" });
  assert.deepEqual(own("open-pull-requests-limit: 0"), ["npm in /: yes, 6: open-pull-requests-limit is 0"]);
  assert.deepEqual(own("open-pull-requests-limit: 5"), ["npm in /: yes"]);
  assert.deepEqual(own('ignore: [{ dependency-name: "*" }]'), ["npm in /: yes, 6: ignore leaves out every dependency"]);
  assert.deepEqual(own('ignore: [{ dependency-name: "*", update-types: ["version-update:semver-major"] }]'), [
    "npm in /: yes",
  ]);
  assert.deepEqual(own('ignore: [{ dependency-name: "left-pad" }]'), ["npm in /: yes"]);
});

test("what Renovate is told to leave out", () => {
  const own = (value: unknown) => read({ "renovate.json": typeof value === "string" ? value : JSON.stringify(value) });
  const extended = { extends: ["config:recommended"] };
  assert.deepEqual(own(extended), ["Renovate: unknown"]);
  for (const [more, reason] of [
    [{ enabled: false }, "enabled is false"],
    [{ enabledManagers: [] }, "enabledManagers is empty"],
    [{ ignorePaths: ["**"] }, "ignorePaths leaves out every file"],
    [{ packageRules: [{ matchPackageNames: ["*"], enabled: false }] }, "packageRules disable every package"],
  ] as const) {
    assert.deepEqual(own({ ...extended, ...more }), [`Renovate: unknown, 1: ${reason}`]);
  }
  assert.deepEqual(own({ packageRules: [{ matchPackageNames: ["a"], enabled: false }] }), ["Renovate: unknown"]);
  assert.deepEqual(own({ packageRules: [{ matchPackageNames: ["*"], matchUpdateTypes: ["major"], enabled: false }] }), [
    "Renovate: unknown",
  ]);
  assert.deepEqual(own("[]"), ["renovate.json:1:1: no object"]);
  assert.deepEqual(own("{\n  extends: [\n"), ["renovate.json:3:1: the text ends where a value is due"]);
});

test("Renovate's options are JSON5, in the file that it looks at first", () => {
  const json5 = "{\n  // all\n  extends: ['config:recommended',],\n  'enabled': false,\n}";
  for (const name of [".github/renovate.json5", "renovate.json", ".renovaterc", "renovate.jsonc"]) {
    assert.deepEqual(read({ [name]: json5 }), ["Renovate: unknown, 4: enabled is false"], name);
  }
  assert.deepEqual(read({ "renovate.json": "{}", "renovate.json5": json5, "package.json": "{" }), [
    "Renovate: unknown",
  ]);
  // Of package.json one member, and only where no file of its own is there.
  const member = '{\n"name": "a",\n"renovate": {"enabled": false}}';
  assert.deepEqual(read({ "package.json": member }), ["Renovate: unknown, 3: enabled is false"]);
  assert.deepEqual(read({ "package.json": '{"name": "a"}' }), []);
  assert.deepEqual(read({ "package.json": '{"renovate": "on"}' }), ["package.json:1:2: no object"]);
});

test("an allowlist that leaves out everything", () => {
  const own = (text: string) => {
    const { leftOut, gaps } = readSecretScanSettings(tree({ ".gitleaks.toml": text }));
    return [...leftOut.map(({ reason, place }) => `${place.line} ${reason}`), ...gaps.map(({ reason }) => reason)];
  };
  assert.deepEqual(own('title = "t"\n[allowlist]\npaths = ["""(.*)"""]\n'), ["2 paths of its allowlist has (.*)"]);
  assert.deepEqual(own("[[allowlists]]\nregexes = ['''.+''']\n"), ["1 regexes of its allowlist has .+"]);
  assert.deepEqual(own("[allowlist]\npaths = ['''test/.*''']\n"), []);
  // What is not read is told once, with what follows from it.
  const notRead = /^\.gitleaks\.toml was not read \((.+)\): whether its allowlists leave out everything is not known$/;
  for (const [text, why] of [
    ["[allowlist\n", /^line 1: /],
    ["[extend]\nuseDefault = true\n\n[allowlist]\npaths = [\n", /^line \d: /],
    ["\0".repeat(4), /^line 1: /],
    ["# ".repeat(1_000_000), /^not a text of at most 1048576 bytes$/],
  ] as const) {
    const said = own(text);
    assert.equal(said.length, 1);
    assert.match(notRead.exec(said[0] ?? "")?.[1] ?? "", why);
  }
  const linked = tree({});
  symlinkSync(join(linked, "nowhere"), join(linked, ".gitleaks.toml"));
  assert.equal(readSecretScanSettings(linked).gaps.length, 1);
  assert.deepEqual(readSecretScanSettings(tree({})), { leftOut: [], gaps: [] });
  // Any criterion is enough, unless the condition says that all of them have to hold.
  const both = "[[allowlists]]\npaths = ['''.*''']\nregexes = ['''^test-''']\n";
  for (const condition of ["", 'condition = "OR"\n', 'condition = "||"\n'])
    assert.deepEqual(own(both + condition), ["1 paths of its allowlist has .*"], condition);
  for (const condition of ['condition = "AND"\n', 'condition = "and"\n', 'condition = "&&"\n']) {
    assert.deepEqual(own(both + condition), [], condition);
    assert.deepEqual(own(`[[allowlists]]\npaths = ['''.*''']\n${condition}`), ["1 paths of its allowlist has .*"]);
    assert.deepEqual(own(both.replace("^test-", ".+") + condition), ["1 paths of its allowlist has .*"]);
    assert.deepEqual(own(`[[allowlists]]\npaths = ['''.*''']\ncommits = ["a1"]\n${condition}`), []);
    assert.deepEqual(own(`[[allowlists]]\npaths = ['''.*''']\nstopwords = ["a"]\n${condition}`), []);
  }
  assert.deepEqual(own("[[allowlists]]\npaths = ['''.*''']\ntargetRules = ['''aws-access-token''']\n"), []);
});
