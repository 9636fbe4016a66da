import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { DependencyPolicy } from "../../engines/packages/policy.ts";
import { withSection, withTopLevel } from "./added-settings.ts";
import { managerSettings } from "./manager-settings.ts";

const own = defaultPolicy.dependencies;

function settings(files: Readonly<Record<string, string>>, policy: Partial<DependencyPolicy> = {}) {
  const { files: written, told } = managerSettings({ ...own, ...policy }, (name) =>
    Object.hasOwn(files, name) ? files[name] : undefined,
  );
  return { files: Object.fromEntries(written.map(({ path, after }) => [path, after])), told };
}

const locked = (packages: object = {}) => JSON.stringify({ lockfileVersion: 3, packages: { "": {}, ...packages } });

test("no package manager, nothing to write", () => {
  assert.deepEqual(settings({ "package.json": "{}" }), { files: {}, told: [] });
});

test("npm's scripts are switched off where nothing needs them", () => {
  assert.deepEqual(settings({ "package-lock.json": locked() }), {
    files: { ".npmrc": "min-release-age=7\nignore-scripts=true\n" },
    told: [],
  });
  const needs = (files: Readonly<Record<string, string>>, policy: Partial<DependencyPolicy> = {}) => {
    const { files: written, told } = settings({ "package-lock.json": locked(), ...files }, policy);
    assert.equal(written[".npmrc"], "min-release-age=7\n");
    return told.join();
  };
  assert.match(
    needs({ "package-lock.json": locked({ "node_modules/a/node_modules/@s/b": { hasInstallScript: true } }) }),
    /@s\/b may need their install scripts$/,
  );
  assert.match(needs({ "package-lock.json": '{"lockfileVersion":1,"dependencies":{}}' }), /does not tell/);
  assert.match(needs({ "package-lock.json": "{" }), /does not tell/);
  assert.match(needs({ "package.json": '{"scripts":{"prepare":"husky"}}' }), /prepare would not run/);
  assert.match(needs({ "package.json": '{"scripts":{"pretest":"x","test":"y"}}' }), /pretest would not run/);
  assert.match(needs({}, { installScripts: ["esbuild"] }), /lets esbuild run theirs/);
});

test("what is stated stays, whatever it says", () => {
  const stated = { "package-lock.json": locked(), ".npmrc": "ignore-scripts = false\nmin-release-age=0\n" };
  assert.deepEqual(settings(stated), { files: {}, told: [] });
});

test("each package manager has its own unit", () => {
  const { files, told } = settings(
    {
      "pnpm-lock.yaml": "lockfileVersion: '9.0'",
      "yarn.lock": "__metadata:\n  version: 8\n",
      "bun.lock": "{}",
      "uv.lock": "version = 1",
      "bunfig.toml": "[install]\nexact = true\n[test]\n",
    },
    { cooldownDays: 3, cooldownExempt: ["@shop/*", "npm:left"], installScripts: ["esbuild", "pypi:numpy"] },
  );
  assert.deepEqual(parse(files["pnpm-workspace.yaml"] ?? ""), {
    minimumReleaseAge: 4_320,
    minimumReleaseAgeExclude: ["left"],
    onlyBuiltDependencies: ["esbuild"],
  });
  assert.deepEqual(parse(files[".yarnrc.yml"] ?? ""), { npmMinimalAgeGate: 4_320 });
  assert.equal(files["bunfig.toml"], "[install]\nminimumReleaseAge = 259200\nexact = true\n[test]\n");
  assert.equal(told.length, 2);
  assert.match(told[0] ?? "", /enableScripts: false is not written/);
  assert.match(told[1] ?? "", /exclude-newer = "3 days" is not written/);
  // Yarn 1 has neither setting.
  assert.deepEqual(settings({ "yarn.lock": "# yarn lockfile v1\n" }), { files: {}, told: [] });
});

test("a file that cannot be added to is left as it is", () => {
  const { files, told } = settings({ "pnpm-lock.yaml": "", "pnpm-workspace.yaml": "{ packages: [web] }\n" });
  assert.deepEqual(files, {});
  assert.match(told.join(), /cannot be added to; state minimumReleaseAge: 10080/);
  assert.equal(withTopLevel("- a\n", [["b", "1"]]), undefined);
  assert.equal(withTopLevel("a: |\n  text\n", [["b", "1"]])?.text, "a: |\n  text\nb: 1\n");
  assert.equal(withTopLevel("a: 1\n...\n", [["b", "1"]]), undefined);
  assert.equal(withSection("install.exact = true\n", "install", "a = 1"), undefined);
  assert.equal(withSection("[install]\n[install]\n", "install", "a = 1"), undefined);
});

test("what is added changes nothing that a YAML file says", () => {
  const scalar = fc.oneof(fc.integer(), fc.constantFrom("a", "b: c", "# d", "- e", "|", "'f'", "{g", ""));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom("a", "b", "packages", "'x'"), scalar), { maxLength: 4 }),
      fc.constantFrom("", "\n", "\n# end", "\n---\n", "\n  "),
      (lines, end) => {
        const text = lines.map(([key, value]) => `${key}: ${value}`).join("\n") + end;
        const added = withTopLevel(text, [["minimumReleaseAge", "1"]]);
        if (added === undefined) return;
        const { minimumReleaseAge, ...rest } = parse(added.text, { uniqueKeys: false }) as Record<string, unknown>;
        assert.equal(minimumReleaseAge, 1);
        assert.deepEqual(rest, parse(text, { uniqueKeys: false }) ?? {});
      },
    ),
  );
});
