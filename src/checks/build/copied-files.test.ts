import assert from "node:assert/strict";
import { test } from "node:test";
import { addInsteadOfCopy } from "./add-instead-of-copy.ts";
import { chownAfterCopy } from "./chown-after-copy.ts";
import { copyIgnoredFile } from "./copy-ignored-file.ts";
import { type Around, detected, findings, fixed } from "./dockerfile/lint.fixture.ts";
import { missingDockerignore } from "./missing-dockerignore.ts";
import { severalSourcesToFile } from "./several-sources-to-file.ts";

const ignoring = (...patterns: string[]): Around => ({
  context: { ignoreFiles: [{ path: ".dockerignore", patterns }] },
});

test("ADD of plain files becomes COPY", () => {
  assert.equal(
    fixed(addInsteadOfCopy, "FROM a:1\nADD --chown=1:1 a.js b.json /a/\n"),
    "FROM a:1\nCOPY --chown=1:1 a.js b.json /a/\n",
  );
  assert.equal(fixed(addInsteadOfCopy, "from a:1\nadd . /a/\n"), "from a:1\ncopy . /a/\n");
  assert.deepEqual(detected(addInsteadOfCopy, "FROM a:1\nONBUILD ADD . /a\n"), ["2:9 ADD of a local file: use COPY"]);
});

test("a file without an ending may be an archive: its ADD is named and left", () => {
  const text = "FROM a:1\nADD rootfs /\n";
  assert.equal(findings(addInsteadOfCopy, text).length, 1);
  assert.equal(fixed(addInsteadOfCopy, text), text);
});

test("ADD that does more than COPY is left", () => {
  for (const add of [
    "a.tar.gz /",
    "rootfs.tar.xz /",
    "https://example.com/a /a",
    "git@example.com:a.git /a",
    "a* /",
    "$A /",
  ]) {
    assert.deepEqual(detected(addInsteadOfCopy, `FROM a:1\nADD ${add}\n`), [], add);
  }
  assert.deepEqual(detected(addInsteadOfCopy, "FROM a:1\nADD --unpack=true a.bin /\nCOPY a /a\n"), []);
});

test("several sources need a folder", () => {
  assert.equal(fixed(severalSourcesToFile, "FROM a:1\nCOPY a b /c\n"), "FROM a:1\nCOPY a b /c/\n");
  assert.deepEqual(detected(severalSourcesToFile, "FROM a:1\nADD a b /c\n"), [
    "2:9 ADD of 2 sources to /c, which does not end with a slash",
  ]);
  for (const copy of ["a b /c/", "a b .", "a b ./", "a /c", "a b $C", "--chown app a /c"]) {
    assert.deepEqual(detected(severalSourcesToFile, `FROM a:1\nCOPY ${copy}\n`), [], copy);
  }
});

test("the whole folder is copied without a .dockerignore", () => {
  const title = "The entire build context is copied, and there is no .dockerignore";
  for (const source of [".", "./", "/", "*"]) {
    assert.deepEqual(detected(missingDockerignore, `FROM a:1\nCOPY ${source} /a\n`), [`2:6 ${title}`], source);
  }
  assert.deepEqual(detected(missingDockerignore, "FROM a:1\nADD . /a\n", ignoring()), [`2:5 ${title}`]);
  for (const text of ["COPY src /a", "COPY --from=b:1 / /", "COPY $X /a", "COPY --exclude=.git . /a", "RUN id"]) {
    assert.deepEqual(detected(missingDockerignore, `FROM a:1\n${text}\n`), [], text);
  }
  assert.deepEqual(detected(missingDockerignore, "FROM a:1\nCOPY . /a\n", ignoring(".git")), []);
});

test("it is worse where the copy ships", () => {
  const severities = (text: string) => findings(missingDockerignore, text).map(({ severity }) => severity);
  assert.deepEqual(severities("FROM a:1\nCOPY . .\n"), ["medium"]);
  assert.deepEqual(severities("FROM a:1 AS build\nCOPY . .\nFROM b:1\nCOPY --from=build /a /a\n"), ["low"]);
  assert.deepEqual(severities("FROM a:1 AS build\nCOPY . .\nFROM b:1\nCOPY . .\n"), ["medium"]);
});

test("sources that .dockerignore leaves out are found", () => {
  const text = "FROM a:1\nCOPY dist/app.js README.md /a/\n";
  assert.deepEqual(detected(copyIgnoredFile, text, ignoring("dist", "*.md")), [
    "2:6 dist/app.js is excluded by .dockerignore",
    "2:18 README.md is excluded by .dockerignore",
  ]);
  for (const patterns of [
    [],
    ["dist", "!dist/app.js", "*.txt"],
    ["/other"],
    ["*", "!dist", "!README.md"],
    ["[dD]ist"],
  ]) {
    assert.deepEqual(detected(copyIgnoredFile, text, ignoring(...patterns)), [], patterns.join(" "));
  }
  const others = "FROM a:1\nCOPY --from=b:1 dist /a\nADD https://example.com/dist /a\nCOPY di* /a\n";
  assert.deepEqual(detected(copyIgnoredFile, others, ignoring("**/dist")), []);
  assert.deepEqual(detected(copyIgnoredFile, "FROM a:1\nCOPY web /a\n", ignoring("web", "!web/src")), []);
});

test("chown of what was copied is found", () => {
  const text = "FROM a:1\nWORKDIR /app\nCOPY . .\nRUN id && chown -R 1:1 /app\n";
  assert.deepEqual(detected(chownAfterCopy, text), ["4:11 chown -R stores /app in the image a second time"]);
  for (const other of [
    "FROM a:1\nCOPY . /app\nRUN chown 1:1 /app\n",
    "FROM a:1\nRUN mkdir /data && chown -R 1:1 /data\n",
    "FROM a:1\nRUN chown -R 1:1 /app\nCOPY . /app\n",
    "FROM a:1 AS x\nCOPY . /app\nRUN chown -R 1:1 /app\nFROM b:1\n",
  ]) {
    assert.deepEqual(detected(chownAfterCopy, other), [], other);
  }
});
