/** Registries that somebody runs to do harm: no hang, and nothing taken that has not the digest asked for. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, it, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { imageOf, npmPackage } from "../src/collect/image/image-files.fixture.ts";
import type { Digest } from "../src/core/digest.ts";
import { json, sha256, tarOf } from "../src/engines/oci/image.fixture.ts";
import type { OpenOptions } from "../src/engines/oci/open.ts";
import { INDEX, imageJudge, MANIFEST } from "./image-judge.fixture.ts";

const judge = await imageJudge();
const { judged } = judge;
after(judge.close);

describe("a registry that", () => {
  const image = imageOf([npmPackage("sound", "1.0.0")]);

  /** Serves the image's blobs; `answer` may take a request first. */
  async function serve(t: TestContext, answer: (path: string) => Buffer | "stall" | undefined): Promise<string> {
    const server = createServer((request, response) => {
      const path = request.url ?? "";
      const taken = answer(path);
      if (taken === "stall") return;
      const digest = path.slice(path.lastIndexOf("/") + 1);
      const bytes = taken ?? image.blobs.get((digest === "v1" ? image.manifest : digest) as Digest);
      const isIndex = bytes?.includes('"manifests"') === true;
      const isManifest = path.includes("/manifests/");
      response.writeHead(path === "/v2/" || bytes !== undefined ? 200 : 404, {
        ...(isManifest ? { "content-type": isIndex ? INDEX : MANIFEST } : {}),
      });
      response.end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    return `127.0.0.1:${(server.address() as AddressInfo).port}/shop/web:v1`;
  }

  const limits = { stallMilliseconds: 100, documentMilliseconds: 1_000, tries: 2, backoffMilliseconds: 1 };
  const options: OpenOptions = { registry: { limits, environment: {}, plainHttp: true } };

  it("does as it should gives a pass", async (t) => {
    assert.deepEqual(await judged(await serve(t, () => undefined), options), ["pass"]);
  });

  it("stalls in a layer leaves unknown, not a hang", async (t) => {
    const reference = await serve(t, (path) =>
      path.includes("/blobs/") && !path.includes(image.config) ? "stall" : undefined,
    );
    const [verdict, ...others] = await judged(reference, options);
    assert.match(verdict ?? "", /^unknown registry\./);
    assert.deepEqual(others, []);
  });

  it("stalls before its first word is refused with a line", async (t) => {
    const [verdict] = await judged(
      await serve(t, (path) => (path.includes("/manifests/") ? "stall" : undefined)),
      options,
    );
    assert.match(verdict ?? "", /^refused registry\./);
  });

  it("sends other bytes than it was asked for is caught by their digest", async (t) => {
    const claimed = sha256(Buffer.from("self"));
    const circle = json({
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: [{ mediaType: INDEX, digest: claimed, size: 1 }],
    });
    const lying = await serve(t, (path) => (path.includes("/manifests/") ? circle : undefined));
    assert.deepEqual(await judged(lying, options), ["refused oci.digest-mismatch"]);
    const layer = await serve(t, (path) =>
      path.includes("/blobs/") && !path.includes(image.config) ? gzipSync(tarOf([])) : undefined,
    );
    assert.match((await judged(layer, options))[0] ?? "", /^unknown (?:oci|registry)\./);
  });
});
