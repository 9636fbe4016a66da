import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nastyText } from "../hostile.fixture.ts";
import { highestOf, isUpgradable, upgradeOf } from "./upgrade.ts";

test("a direct package of npm and a module of Go have a command in their directory, a transitive package an override", () => {
  assert.deepEqual(upgradeOf("package-lock.json", "form-data", "4.0.4", true), {
    command: "npm install form-data@4.0.4",
  });
  assert.deepEqual(upgradeOf("services/web/package-lock.json", "@scope/a", "1.2.6", true), {
    command: "npm install --prefix=services/web @scope/a@1.2.6",
  });
  assert.deepEqual(upgradeOf("svc/go.mod", "golang.org/x/net", "0.7.0", undefined), {
    command: "go -C svc get golang.org/x/net@v0.7.0",
  });
  for (const isDirect of [false, undefined]) {
    assert.deepEqual(upgradeOf("web/npm-shrinkwrap.json", "lodash", "4.17.21", isDirect), {
      text: 'likely: add "overrides": {"lodash": "4.17.21"} to web/package.json; npm install',
    });
  }
  for (const other of ["yarn.lock", "go.work", "Cargo.lock", "a-package-lock.json"]) assert.ok(!isUpgradable(other));
});

test("the highest version is told where all are plain numbers", () => {
  assert.equal(highestOf(["4.17.5", "4.17.21", "4.17.19"]), "4.17.21");
  assert.equal(highestOf(["v1.2", "1.2.1"]), "1.2.1");
  assert.equal(highestOf(["1.0.0-rc.1"]), "1.0.0-rc.1");
  assert.equal(highestOf(["1.0.0-rc.1", "1.0.0"]), undefined);
  assert.equal(highestOf([]), undefined);
});

test("whatever a package and its directory are called, a command has no words but those meant", () => {
  fc.assert(
    fc.property(nastyText, nastyText, nastyText, (directory, name, version) => {
      const { command, text } = upgradeOf(`${directory}/package-lock.json`, name, version, true);
      assert.equal(text, undefined);
      if (command === undefined) return;
      assert.match(
        command,
        /^npm install (?:'--prefix=[^\n]*'|--prefix=[\w@%+=:,./-]*) [@\w~][\w@./~-]*@v?\d[\w.+-]*$/,
      );
    }),
  );
});
