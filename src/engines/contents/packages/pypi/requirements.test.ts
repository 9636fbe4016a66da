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

/** What `pip install -r` would take for the same files. */
describe("what a requirements file includes", () => {
  const readWith = (text: string, files: Readonly<Record<string, string>>) => {
    const companions = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
    return requirements.analyse({ path: PATH, bytes: Buffer.from(text), companions });
  };

  test("is named from the folder of the file, in all spellings of the option", () => {
    const text =
      "-r a.txt\n-rb.in\n--requirement c\n--requirement=../d.txt\n--requirem e.txt\n-r 'f g.txt'\n-c=h.txt\n--con i.txt\n";
    assert.deepEqual(requirements.includes?.({ path: PATH, bytes: Buffer.from(text) }), [
      ...["app/a.txt", "app/b.in", "app/c", "d.txt", "app/e.txt", "app/f g.txt", "app/=h.txt", "app/i.txt"],
    ]);
  });

  test("is read with it, around in a circle too", () => {
    const facts = readWith("-r base.txt\na==1\n", {
      "app/base.txt": "django==1.11\n-r deps/prod.in\n",
      "app/deps/prod.in": "b==2\n-r ../base.txt\n-r ../requirements.txt\n",
    });
    assert.deepEqual(packageLines(facts), ["a@1", "b@2", "django@1.11"]);
    assert.deepEqual(unreadOf(facts), []);
  });

  test("cannot be followed out of the tree, over the network or by a variable, and that is said", () => {
    for (const target of ["missing.txt", "../../etc/x.txt", "/etc/x.txt", "https://host/x.txt", "$" + "{X}.txt"]) {
      const facts = readWith(`a==1\n-r ${target}\n`, {});
      assert.deepEqual(unreadOf(facts), [`line 2 includes ${target}, which cannot be read`]);
      assert.deepEqual(packageLines(facts), ["a@1"]);
    }
  });

  test("constraints pin what is not pinned, and what else they pin may come too", () => {
    const facts = readWith("-c c.txt\nDjango>=1\nflask\n", { "app/c.txt": "django==1.11\njinja2==2.0\nx>1\n" });
    assert.deepEqual(packageLines(facts), ["django@1.11", "jinja2@2.0 optional"]);
    assert.deepEqual(unreadOf(facts), ["1 of its requirements are not pinned to one version"]);
  });

  test("an option that pip does not have is said", () => {
    assert.deepEqual(unreadOf(readWith("--unheard-of x\n-z\n--pre\n--no-binary :all:\n", {})), [
      "line 1 has an unknown option",
      "line 2 has an unknown option",
    ]);
  });
});

describe("lines as pip reads them", () => {
  test("each line end of Python ends a comment", () => {
    for (const end of ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028"]) {
      assert.deepEqual(packageLines(read(`# comment${end}django==1.11\n`)), ["django@1.11"], JSON.stringify(end));
    }
  });

  test("what a backslash parts is joined without a blank", () => {
    assert.deepEqual(packageLines(read("djan\\\ngo==1.\\\n11\n")), ["django@1.11"]);
  });

  test("an encoding that is not read is a gap: a comment may be a line in it", () => {
    const facts = read("# -*- coding: utf-7 -*-\n#+AAo-django==1.11\n");
    assert.deepEqual(unreadOf(facts), ["it states an encoding that is not read"]);
    assert.deepEqual(unreadOf(read("# -*- coding: utf-8 -*-\na==1\n")), []);
  });
});

describe("requirements.txt", () => {
  test("pinned requirements in every form", () => {
    const text = `# a comment
--index-url https://host/simple
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

  test("what is not a requirement is said with its line, and the others are still there", () => {
    const facts = read("a==1.0\n\n==2.3.4\n{% if x %}\nb \\\n ==\\\n 2.0\n");
    assert.deepEqual(packageLines(facts), ["a@1.0", "b@2.0"]);
    assert.deepEqual(unreadOf(facts), ["line 3 is not a requirement", "line 4 is not a requirement"]);
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
