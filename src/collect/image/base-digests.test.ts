import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type TestContext, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { type Loopback, listen } from "../../engines/oci/registry/loopback.fixture.ts";
import { namesWithoutDigest } from "../../scan/dockerfile.ts";
import { lookUpDigests, parseMirrors } from "./base-digests.ts";

const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const body = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
const registry = { environment: { HOME: "/nonexistent" }, limits: { tries: 1 } };

function serve(t: TestContext): Promise<Loopback> {
  return listen(t, (request, response) => {
    if (request.url?.endsWith("/manifests/no")) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": OCI_INDEX }).end(body);
  });
}

test("a mirror stands in for a registry, with or without a folder of its own", () => {
  const mirrors = parseMirrors([
    "docker.io=localhost:5000",
    "index.example.com=mirror.example.com/hub/",
    "[::1]:5=a.b",
  ]);
  assert.deepEqual(Object.fromEntries(mirrors), {
    "docker.io": { domain: "localhost:5000", prefix: "" },
    "index.example.com": { domain: "mirror.example.com", prefix: "hub/" },
    "[::1]:5": { domain: "a.b", prefix: "" },
  });
});

test("what is no mirror is refused", () => {
  for (const written of [
    "",
    "docker.io",
    "=a.b",
    "docker.io=",
    "docker.io=mirror",
    "docker.io=a.b/UPPER",
    "a b.c=d.e",
  ]) {
    assert.throws(() => parseMirrors([written]), Problem, written);
  }
  assert.throws(() => parseMirrors(["docker.io=a.b", "index.docker.io=c.d"]), /docker\.io has a mirror already/);
});

test("names are asked for once, at the mirror, in Docker's full form", async (t) => {
  const server = await serve(t);
  const mirrors = parseMirrors([`docker.io=${server.host}/hub`]);
  const answers = await lookUpDigests(["debian:13", "debian:13", "acme/tool"], { mirrors, registry });
  assert.deepEqual(Object.fromEntries(answers), {
    "debian:13": { kind: "found", digest },
    "acme/tool": { kind: "found", digest },
  });
  const urls = server.seen.map(({ url }) => url).filter((url) => url?.includes("/manifests/"));
  assert.deepEqual(urls, ["/v2/hub/library/debian/manifests/13", "/v2/hub/acme/tool/manifests/latest"]);
});

test("what is not there, and what is no name, says so and stops no other", async (t) => {
  const server = await serve(t);
  const names = [`${server.host}/a:no`, "a/UPPER", `${server.host}/a:yes`];
  const answers = await lookUpDigests(names, { mirrors: new Map(), registry });
  const said = names.map((name) => {
    const answer = answers.get(name);
    return answer?.kind === "failed" ? answer.reason.split(":")[0] : answer?.kind;
  });
  assert.deepEqual(said, ["registry.not-found", "oci.reference", "found"]);
});

test("a registry that does not answer is asked for one image alone", async () => {
  const asked: string[] = [];
  const names = ["127.0.0.1:1/a:1", "127.0.0.1:1/b:1", "127.0.0.1:1/c:1"];
  const answers = await lookUpDigests(names, { mirrors: new Map(), registry, onAsk: (name) => asked.push(name) });
  assert.deepEqual(asked, names.slice(0, 1));
  for (const name of names) {
    const answer = answers.get(name);
    assert.match(answer?.kind === "failed" ? answer.reason : "", /^registry\.unreachable: /);
  }
});

test("images that have a digest, stages and unknown names are not asked for", () => {
  const file = `ARG V=13\nARG U\nFROM debian:$V AS a\nFROM a\nFROM $U\nFROM scratch\nFROM x@${digest}\nCOPY --from=y / /\n`;
  assert.deepEqual(namesWithoutDigest(parseDockerfile("Dockerfile", file)), ["debian:13", "y"]);
});
