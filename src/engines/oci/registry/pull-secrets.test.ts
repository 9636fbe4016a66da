/** Secrets that pods pull with, read as a kubelet reads them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { parseReference } from "../reference.ts";
import { pullCredentials, readPullSecret } from "./pull-secrets.ts";

const packed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
const word = ["open", "sesame"].join(" ");
const entry = (user: string) => ({ auth: Buffer.from(`${user}:${word}`).toString("base64") });
const secretOf = (auths: object) => ({ source: "Secret shop/pull", data: { ".dockerconfigjson": packed({ auths }) } });

/** Whose credentials an image is pulled with. */
function userFor(image: string, auths: object): string | undefined {
  const found = pullCredentials(readPullSecret(secretOf(auths)), parseReference(image));
  return found?.kind === "password" ? found.username : undefined;
}

test("an entry is matched by host, port and the beginning of the path, the most specific first", () => {
  const auths = { "r.example": entry("all"), "https://r.example/v2/": entry("other"), "r.example/team": entry("team") };
  assert.equal(userFor("r.example/shop/web:1", auths), "all");
  assert.equal(userFor("r.example/team/web:1", auths), "team");
  assert.equal(userFor("R.EXAMPLE/team/web:1", auths), "team");
  assert.equal(userFor("r.example:5000/team/web:1", auths), undefined);
  assert.equal(userFor("r.example:5000/web:1", { "r.example:5000": entry("port") }), "port");
  assert.equal(userFor("elsewhere.example/web:1", auths), undefined);
});

test("a star stands for one label of a host, and for nothing across a dot", () => {
  const auths = { "*.r.example": entry("star") };
  assert.equal(userFor("a.r.example/web", auths), "star");
  assert.equal(userFor("r.example/web", auths), undefined);
  assert.equal(userFor("a.b.r.example/web", auths), undefined);
  assert.equal(userFor("evil-r.example/web", auths), undefined);
  assert.equal(userFor("a1.r.example/web", { "a?.r.example": entry("one") }), "one");
});

test("Docker Hub is one registry, whatever it is called", () => {
  for (const name of ["https://index.docker.io/v1/", "docker.io", "registry-1.docker.io", "index.docker.io/v1/"]) {
    assert.equal(userFor("nginx", { [name]: entry("hub") }), "hub", name);
    assert.equal(userFor("index.docker.io/library/nginx", { [name]: entry("hub") }), "hub", name);
  }
});

test("both forms of Secrets are read, and user and password stated apart", () => {
  const old = { source: "s", data: { ".dockercfg": packed({ "r.example": { username: "u", password: word } }) } };
  const found = pullCredentials(readPullSecret(old), parseReference("r.example/web"));
  assert.deepEqual(found, { kind: "password", username: "u", password: word, source: "s" });
  assert.equal(userFor("r.example/web", { "r.example": {} }), undefined);
});

test("what is broken is a Problem that tells nothing of it", () => {
  const all: Readonly<Record<string, unknown>>[] = [
    {},
    { ".dockerconfigjson": 1 },
    { ".dockerconfigjson": Buffer.from(`{${word}`).toString("base64") },
    { ".dockerconfigjson": packed([word]) },
    { ".dockerconfigjson": packed({ auths: [word] }) },
    { ".dockerconfigjson": packed({ auths: { "r.example": word } }) },
    { ".dockerconfigjson": packed({ auths: { "r.example": { username: { word } } } }) },
    { ".dockerconfigjson": packed({ auths: { "r.example": { auth: Buffer.from(word).toString("base64") } } }) },
    { ".dockerconfigjson": packed({ auths: Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [i, {}])) }) },
  ];
  for (const data of all) {
    assert.throws(
      () => readPullSecret({ source: "Secret shop/pull", data }),
      (error) => error instanceof Problem && error.code === "registry.pull-secret" && !error.line().includes(word),
      JSON.stringify(data),
    );
  }
});

test("no keys and images make it slow or let another host in", () => {
  const label = fc.constantFrom("*", "????????", "???????", "???", "a", "*b", "");
  const likely = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join("."));
  fc.assert(
    fc.property(fc.oneof(fc.stringMatching(/^[a-c*?.:/-]{0,60}$/), likely), (key) => {
      const entries = readPullSecret(secretOf({ [key]: entry("x") }));
      const found = pullCredentials(entries, { domain: "registry.example.com", path: "shop/web" });
      // None of these keys has the letters of that host, so that only wildcards can stand for it.
      if (found !== undefined) assert.match(key, /\*|\?/);
    }),
    { examples: [["*.*.*"], ["????????.*.com"]] },
  );
});
