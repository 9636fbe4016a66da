import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { parseReference } from "../reference.ts";
import { selfSigned } from "./certificate.fixture.ts";
import { openRegistry, type RegistryClient, type RegistryOptions } from "./client.ts";
import { fastLimits, json, type Loopback, listen } from "./loopback.fixture.ts";

const manifest = { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", layers: [] };
const tls = selfSigned();
let folder = "";

before(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-transport-"));
});
after(() => rmSync(folder, { recursive: true }));

function open(t: TestContext, host: string, options: RegistryOptions): RegistryClient {
  const reference = parseReference(`${host}/shop/web`);
  const client = openRegistry(reference, { environment: { HOME: "/nonexistent" }, limits: fastLimits, ...options });
  t.after(() => client.close());
  return client;
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
  assert.fail("it succeeded");
}

describe("a registry with a certificate of its own", { skip: tls === undefined && "openssl is not installed" }, () => {
  function secure(t: TestContext): Promise<Loopback> {
    return listen(t, (_, response) => json(response, 200, manifest), tls);
  }

  it("is not trusted, and not spoken to by plain http instead", async (t) => {
    const server = await secure(t);
    const problem = await problemOf(open(t, server.host, {}).manifest("v1"));
    assert.equal(problem.code, "registry.certificate");
    assert.match(problem.message, /not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    assert.equal(server.seen.length, 0);
  });

  it("is trusted through a CA file", async (t) => {
    const server = await secure(t);
    const caFile = join(folder, "ca.pem");
    writeFileSync(caFile, tls?.cert ?? "");
    assert.equal((await open(t, server.host, { caFile }).manifest("v1")).mediaType, manifest.mediaType);
  });

  it("is not verified where the user says so; the hosts it redirects to still are", async (t) => {
    const other = await secure(t);
    const server = await listen(
      t,
      (request, response) => {
        if (request.url?.endsWith("/v1") === true) json(response, 200, manifest);
        else response.writeHead(307, { location: `${other.origin}/x` }).end();
      },
      tls,
    );
    const client = open(t, server.host, { insecure: true });
    assert.equal((await client.manifest("v1")).mediaType, manifest.mediaType);
    assert.equal((await problemOf(client.manifest("v2"))).code, "registry.certificate");
  });

  it("is not reached by plain http", async (t) => {
    const server = await secure(t);
    const problem = await problemOf(
      open(t, server.host, { plainHttp: true, limits: { ...fastLimits, tries: 1 } }).manifest("v1"),
    );
    assert.equal(problem.kind, "unavailable");
  });
});

describe("a registry on loopback", () => {
  it("is spoken to by plain http where it does not speak TLS", async (t) => {
    const server = await listen(t, (_, response) => json(response, 200, manifest));
    await open(t, server.host, {}).manifest("v1");
    await open(t, `localhost:${server.host.split(":")[1]}`, { plainHttp: true }).manifest("v1");
    assert.deepEqual(
      server.seen.map((seen) => seen.url),
      ["/v2/shop/web/manifests/v1", "/v2/shop/web/manifests/v1"],
    );
  });
});

describe("a CA file", () => {
  it("that is not there, or holds none, is named", async (t) => {
    const empty = join(folder, "empty.pem");
    writeFileSync(empty, "nothing");
    for (const [caFile, cause] of [
      [join(folder, "absent.pem"), /no such file/],
      [empty, /no certificate/],
    ] as const) {
      assert.throws(
        () => open(t, "r.example", { caFile }),
        (error) =>
          error instanceof Problem && error.kind === "usage" && error.place === caFile && cause.test(error.message),
      );
    }
  });
});
