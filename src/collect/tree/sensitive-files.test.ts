import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { sensitiveFile } from "../../checks/build/dockerfile/secret-names.ts";
import { scanDockerfile } from "../../scan/dockerfile.ts";
import { defaultPolicy } from "../policy/default.ts";
import { sensitiveFilesOf } from "./sensitive-files.ts";

const isSensitive = (path: string): boolean => sensitiveFile(path) !== undefined;
const root = mkdtempSync(join(tmpdir(), "bulkhead-context-"));
after(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

test("names of secrets are found some folders deep, and not where others' files are", () => {
  for (const path of ["a/.env", "a/x/id_rsa", "a/x/y/.netrc", "a/x/y/z/.netrc", "a/node_modules/m/.env", "a/b.ts"]) {
    put(path);
  }
  put("a/.git/config");
  symlinkSync(root, join(root, "a/loop"));
  const { files, gaps } = sensitiveFilesOf(join(root, "a"), isSensitive);
  assert.deepEqual(files, [".env", ".git", "x/id_rsa", "x/y/.netrc"]);
  assert.deepEqual(gaps, []);
});

test("a folder that cannot be listed has none, and one with too many entries a gap", () => {
  assert.deepEqual(sensitiveFilesOf(join(root, "missing"), isSensitive), { files: [], gaps: [] });
  mkdirSync(join(root, "many"));
  for (let index = 0; index <= 20; index++) mkdirSync(join(root, "many", String(index)));
  assert.deepEqual(
    sensitiveFilesOf(join(root, "many"), isSensitive, 20).gaps.map(({ code }) => code),
    ["dockerfile.context"],
  );
});

test("a Dockerfile that copies its folder takes them along, unless .dockerignore leaves them out", () => {
  const verdict = (folder: string) => {
    const { evaluations } = scanDockerfile(
      { root, path: `${folder}/Dockerfile` },
      {
        policy: defaultPolicy,
        now: new Date(0),
      },
    );
    return evaluations.find(({ check }) => check === "build/secret-file-copied")?.verdict;
  };
  for (const folder of ["open", "closed"]) {
    put(`${folder}/Dockerfile`, "FROM a:1\nCOPY . /a\n");
    put(`${folder}/.netrc`);
  }
  put("closed/.dockerignore", ".netrc\n");
  assert.equal(verdict("open"), "fail");
  assert.equal(verdict("closed"), "pass");
});
