import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { requirements } from "./requirements.ts";

const PATH = "app/requirements.txt";
const HASH = "ef".repeat(32);

function read(text: string | Buffer, path = PATH) {
  return factsOf(requirements, path, text);
}

describe("requirements.txt", () => {
  test("pinned requirements in every form", () => {
    const text = `# a comment
--index-url https://host/simple
-r other.txt
-c constraints.txt
Flask==2.0.0
click == 8.0.0 # behind
jinja2==3.0.0#right behind
urllib3===1.26.20
celery[redis, pytest] == 4.4.7
local==1.2.3+gcr.2
epoch==1!2.0
marked==1.0 ; python_version < '3.8'
parens (==1.5)
both==1.0,>=0.9
a-._b==1.0
hashed==1.0 --hash=sha256:${HASH}
several==1.0 \\
    --hash=sha256:${HASH} \\
    --hash=sha256:${HASH}
`;
    const facts = read(text);
    assert.deepEqual(packageLines(facts), [
      "Flask@2.0.0",
      "a-._b@1.0",
      "both@1.0",
      "celery@4.4.7",
      "click@8.0.0",
      "epoch@1!2.0",
      "hashed@1.0",
      "jinja2@3.0.0",
      "local@1.2.3+gcr.2",
      "marked@1.0",
      "parens@1.5",
      "several@1.0",
      "urllib3@1.26.20",
    ]);
    assert.deepEqual(unreadOf(facts), []);
    const hashes = Object.fromEntries(packagesOf(facts).map((record) => [record.name, record.hashes]));
    assert.deepEqual(hashes.hashed, { sha256: HASH });
    assert.equal(hashes.several, undefined);
  });

  test("what is not pinned is counted: nobody can tell what it brings", () => {
    const text = `flask
keyring >= 4.1.1
a ~= 1.1
b==2.0.*
c>=1,<2 ; python_version > "3"
d @ https://host/d.zip
https://host/e-1.0.whl
git+https://host/f.git@main#egg=f
-e git+https://host/g.git#egg=g
--editable=git+https://host/h.git
i == 3.7.1 @ git+https://host/i
`;
    assert.deepEqual(read(text), {
      kind: "packages",
      packages: [],
      unread: ["11 of its requirements are not pinned to one version"],
    });
  });

  test("local paths are the project's own", () => {
    const text = "-e .\n-e ./lib\n.\n./a/b-1.0.whl\n../c\nd/e-1.0.tar.gz\nf-1.0-py3-none-any.whl\n/opt/g\n";
    assert.deepEqual(read(text), { kind: "packages", packages: [], unread: [] });
  });

  test("what is no requirement is said with its line, and the others are still there", () => {
    const facts = read("a==1.0\n\n==2.3.4\n{% if x %}\nb \\\n ==\\\n 2.0\n");
    assert.deepEqual(packageLines(facts), ["a@1.0", "b@2.0"]);
    assert.deepEqual(unreadOf(facts), ["line 3 is no requirement", "line 4 is no requirement"]);
  });

  test("one package twice with two versions is two, with one version one", () => {
    assert.deepEqual(packageLines(read("a==1 ; x\na==2\na==1\n")), ["a@1", "a@2"]);
  });

  test("UTF-16, as some editors on Windows write it, and byte order marks", () => {
    assert.deepEqual(packageLines(read(Buffer.from("\ufeffattrs==20.3.0\r\n", "utf16le"))), ["attrs@20.3.0"]);
    assert.deepEqual(packageLines(read("\ufeffattrs==20.3.0\r\n")), ["attrs@20.3.0"]);
  });

  test("a file for development says so in its name", () => {
    for (const path of ["requirements-dev.txt", "dev-requirements.txt", "requirements/test.txt"]) {
      assert.deepEqual(packageLines(read("a==1\n", path)), ["a@1 development"], path);
    }
    for (const path of [
      "requirements.txt",
      "requirements-prod.txt",
      "dev/requirements.txt",
      "requirements/device.txt",
    ]) {
      assert.deepEqual(packageLines(read("a==1\n", path)), ["a@1"], path);
    }
  });

  test("is known by its name or its folder", () => {
    const wanted = [
      "requirements.txt",
      "a/requirements-dev.txt",
      "Requirements.txt",
      "a/dev_requirements.txt",
      "requirements/base.txt",
    ];
    for (const path of wanted) assert.ok(requirements.wants(path), path);
    const refused = [
      "readme.txt",
      "a/requirements.in",
      "a/requires.txt",
      "v/site-packages/a/requirements.txt",
      "requirements/a/b.txt",
    ];
    for (const path of refused) assert.ok(!requirements.wants(path), path);
  });

  test("whatever the bytes, an answer", () => {
    holdsWhateverTheBytes(
      requirements,
      PATH,
      `a==1.0 \\\n --hash=sha256:${HASH}\nb[x]>=2 ; c\n-e git+https://h/x\n./d\n`,
    );
  });
});
