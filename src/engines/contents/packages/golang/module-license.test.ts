import assert from "node:assert/strict";
import { test } from "node:test";
import { folderAnalyserFor } from "../../analysers.ts";
import { catalogue } from "../../catalogue.ts";
import { factsOf } from "../../facts.fixture.ts";
import type { FileFacts } from "../../model.ts";
import { goMod } from "./go-mod.ts";
import { goModuleLicense, isModuleLicense } from "./module-license.ts";

const apache = "Licensed under the Apache License, Version 2.0";

test("the license of a module in the cache, of that version", () => {
  assert.deepEqual(factsOf(goModuleLicense, "root/go/pkg/mod/github.com/!burnt!sushi/toml@v1.2.0/COPYING", apache), {
    kind: "licenses",
    owner: { type: "golang", name: "github.com/BurntSushi/toml", version: "v1.2.0" },
    licenses: ["Apache-2.0"],
    recognized: true,
  });
  assert.equal(factsOf(goModuleLicense, "go/pkg/mod/example.com/a@v1.0.0/LICENSE", "Ask me."), undefined);
});

test("files of modules are wanted, and none of other languages", () => {
  for (const path of ["vendor/gopkg.in/yaml.v3/LICENSE", "src/app/vendor/github.com/a/b/LICENSE"]) {
    assert.ok(isModuleLicense(path), path);
    assert.equal(folderAnalyserFor(path), goModuleLicense);
  }
  for (const path of [
    ...["vendor/symfony/console/LICENSE", "LICENSE", "vendor/LICENSE", "node_modules/a/LICENSE"],
    ...["go/pkg/mod/example.com/a@v1.0.0/internal/LICENSE", "vendor/a.b/node_modules/c/LICENSE", "vendor/modules.txt"],
  ]) {
    assert.notEqual(folderAnalyserFor(path), goModuleLicense, path);
  }
});

function licensesOf(files: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  const facts = Object.entries(files).flatMap(([path, text]): { path: string; versions: { facts: FileFacts }[] }[] => {
    const found = factsOf(path.endsWith("go.mod") ? goMod : goModuleLicense, path, text);
    return found === undefined ? [] : [{ path, versions: [{ facts: found }] }];
  });
  const { packages } = catalogue(facts).inventory;
  return Object.fromEntries(packages.map(({ path, name, licenses }) => [`${path} ${name}`, licenses]));
}

test("a cached license is of its version, a vendored one of the project around it", () => {
  const mod = "module example.com/app\ngo 1.22\nrequire (\n example.com/a v1.0.0\n example.com/b v1.0.0\n)\n";
  assert.deepEqual(
    licensesOf({
      "one/go.mod": mod,
      "two/go.mod": mod,
      "one/vendor/example.com/a/LICENSE": apache,
      "one/vendor/example.com/a/sub/LICENSE": "Mozilla Public License, version 2.0",
      "go/pkg/mod/example.com/b@v1.0.0/LICENSE": apache,
      "go/pkg/mod/example.com/a@v9.9.9/LICENSE": apache,
    }),
    {
      "one/go.mod example.com/a": ["Apache-2.0"],
      "one/go.mod example.com/b": ["Apache-2.0"],
      "two/go.mod example.com/a": [],
      "two/go.mod example.com/b": ["Apache-2.0"],
    },
  );
});
