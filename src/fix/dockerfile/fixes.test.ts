import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { replaceFile } from "../../cli/replace-file.ts";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { runs } from "../../core/runs.fixture.ts";
import type { DigestAnswer } from "../../engines/dockerfile/model.ts";
import { scanAndFixDockerfile, scanDockerfile } from "../../scan/dockerfile.ts";
import type { FixedDockerfile } from "./fixes.ts";

const base = mkdtempSync(join(realpathSync(tmpdir()), "bulkhead-fix-"));
after(() => rmSync(base, { recursive: true, force: true }));
const now = new Date("2026-01-01T00:00:00Z");
const digest = `sha256:${"ab".repeat(32)}`;
const digests: ReadonlyMap<string, DigestAnswer> = new Map([["debian:13", { kind: "found", digest }]]);
const context = { policy: defaultPolicy, now, digests, unsafe: true };
let folders = 0;

function folderWith(content: string | Buffer): string {
  folders += 1;
  const root = join(base, String(folders));
  mkdirSync(root);
  writeFileSync(join(root, "Dockerfile"), content);
  return root;
}

function fix(content: string | Buffer): FixedDockerfile {
  return scanAndFixDockerfile({ root: folderWith(content), path: "Dockerfile" }, context);
}

function judgedText(root: string, text: string): FixedDockerfile["last"] {
  writeFileSync(join(root, "Dockerfile"), text);
  return scanDockerfile({ root, path: "Dockerfile" }, context);
}

const countOf = (of: FixedDockerfile["last"]): number =>
  of.evaluations.reduce((sum, { findings }) => sum + findings.length, 0);

test("all that can be made is made, and the rest stays in the judgement", () => {
  const {
    before,
    after: text,
    fixed,
    last,
  } = fix(
    "# kept\r\nFROM debian:13\r\nRUN apt-get update \\\r\n  && apt-get install -y curl  # why\r\nCMD node -g x\r\n",
  );
  assert.notEqual(text, before);
  assert.equal(
    text,
    `# kept\r\nFROM debian:13@${digest}\r\nRUN apt-get update \\\r\n  && apt-get install -y curl  # why\r\nUSER 10001:10001\r\nCMD ["node", "-g", "x"]\r\n`,
  );
  assert.deepEqual(
    fixed.map(({ finding, line }) => `${line} ${finding.check}`),
    ["2 build/base-without-digest", "2 build/runs-as-root", "5 build/shell-form-entrypoint"],
  );
  const left = last.evaluations.filter(({ findings }) => findings.length > 0).map(({ check }) => check);
  assert.ok(left.includes("build/apt-cache-kept") && left.includes("build/apt-unpinned"), left.join());
});

test("two of the same are both fixed", () => {
  const run = "RUN apk add -U a=1\n";
  const { after: text } = fix(`FROM debian:13\n${run}${run}`);
  assert.equal(text?.match(/--no-cache/g)?.length, 2);
});

test("unasked only what is safe is made, and what is left says its grade and why", () => {
  const root = folderWith(
    "from debian:13\nRUN apt-get update && apt-get install -y gcc=1\nRUN apk add -U a=1\nARG TOKEN\nRUN x $TOKEN\nRUN yarn\nCMD node x\n",
  );
  const safe = scanAndFixDockerfile({ root, path: "Dockerfile" }, { ...context, unsafe: false });
  assert.deepEqual(
    safe.fixed.map(({ finding }) => finding.check),
    ["build/base-without-digest", "build/instruction-casing", "build/apt-cache-kept"],
  );
  assert.deepEqual(
    safe.left.map(({ check, fix }) => `${check} ${fix !== undefined && "grade" in fix ? fix.grade : ""}`).sort(),
    [
      "build/apk-cache-kept likely",
      "build/node-cache-kept needs knowledge",
      "build/runs-as-root likely",
      "build/secret-in-arg-or-env likely",
      "build/shell-form-entrypoint likely",
    ],
  );
  const unsafe = scanAndFixDockerfile({ root, path: "Dockerfile" }, context);
  assert.deepEqual(
    unsafe.left.map(({ check }) => check),
    ["build/node-cache-kept"],
  );
});

test("what is not UTF-8, and what cannot be read, is not made over", () => {
  assert.equal(fix(Buffer.from("FROM debian:13\nCMD a \xff\n", "latin1")).after, undefined);
  assert.equal(scanAndFixDockerfile({ root: base, path: "nothing/Dockerfile" }, context).after, undefined);
});

test("the mode stays, nothing else is left in the folder", () => {
  const root = folderWith("FROM a\n");
  const file = join(root, "Dockerfile");
  chmodSync(file, 0o640);
  replaceFile("dockerfile", root, { path: "Dockerfile", before: "FROM a\n", after: "FROM b\n" });
  assert.equal(readFileSync(file, "utf8"), "FROM b\n");
  assert.equal(statSync(file).mode & 0o7777, 0o640);
  assert.deepEqual(readdirSync(root), ["Dockerfile"]);
});

test("no link is written through, wherever it leads", () => {
  const outside = folderWith("FROM a\n");
  const root = folderWith("FROM a\n");
  symlinkSync("Dockerfile", join(root, "Dockerfile.same"));
  symlinkSync(join(outside, "Dockerfile"), join(root, "Dockerfile.other"));
  mkdirSync(join(root, "real"));
  writeFileSync(join(root, "real/Dockerfile"), "FROM a\n");
  symlinkSync("real", join(root, "linked"));
  for (const path of ["Dockerfile.same", "Dockerfile.other", "linked/Dockerfile"]) {
    assert.throws(() => replaceFile("dockerfile", root, { path, before: "FROM a\n", after: "FROM b\n" }), {
      code: "dockerfile.link",
    });
  }
  assert.ok(lstatSync(join(root, "Dockerfile.same")).isSymbolicLink());
  for (const path of ["Dockerfile", "real/Dockerfile"])
    assert.equal(readFileSync(join(root, path), "utf8"), "FROM a\n");
  assert.equal(readFileSync(join(outside, "Dockerfile"), "utf8"), "FROM a\n");
});

test("what somebody changed meanwhile stays", () => {
  const root = folderWith("FROM c\n");
  assert.throws(() => replaceFile("dockerfile", root, { path: "Dockerfile", before: "FROM a\n", after: "FROM b\n" }), {
    code: "dockerfile.changed",
  });
  assert.equal(readFileSync(join(root, "Dockerfile"), "utf8"), "FROM c\n");
});

const lines = fc.constantFrom(
  "FROM debian:13",
  "FROM debian:13 AS Build",
  "from Build",
  "ARG TOKEN",
  "RUN curl -H $TOKEN x && make",
  "RUN npm install a@1.0.0 && npm run build",
  "COPY id_rsa /root/.ssh/",
  "RUN rm /root/.ssh/id_rsa",
  "RUN apt-get update && apt-get install -y a=1 \\\n  b=2",
  "RUN sudo apt-get update; true",
  "RUN pip install a==1",
  "RUN apk add -U a=1",
  "ENV A b",
  "MAINTAINER x",
  "ADD a.txt /b",
  "USER root",
  "CMD node x",
  "ENTRYPOINT ['a']",
  "WORKDIR app",
  "# a comment",
  "",
);

test("whatever the file, fixing leaves fewer findings, brings none, and has nothing left to do", () => {
  const root = folderWith("");
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 14 }), fc.constantFrom("\n", "\r\n"), (some, end) => {
      writeFileSync(join(root, "Dockerfile"), some.join(end) + end);
      const { before, after: text, fixed, first, last } = scanAndFixDockerfile({ root, path: "Dockerfile" }, context);
      assert.ok(text !== undefined);
      if (fixed.length === 0) assert.equal(text, before);
      else assert.ok(countOf(last) < countOf(first));
      writeFileSync(join(root, "Dockerfile"), text);
      assert.deepEqual(scanAndFixDockerfile({ root, path: "Dockerfile" }, context).fixed, []);
      assert.equal(countOf(judgedText(root, text)), countOf(last));
    }),
    runs(40),
  );
});
