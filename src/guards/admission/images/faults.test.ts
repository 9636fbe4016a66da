import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { type TestContext, test } from "node:test";
import { parseReference } from "../../../engines/oci/reference.ts";
import { json } from "../../../engines/oci/registry/loopback.fixture.ts";
import { attachSignature } from "../../../engines/trust/attach.ts";
import type { AssessedImage } from "../model.ts";
import {
  attestImage,
  type CountingRegistry,
  countingRegistry,
  guardedImages,
  pushImage,
  releaseImage,
  report,
  signer,
  signImage,
  stranger,
  told,
} from "./guarded.fixture.ts";

/** What a registry, or what lies between, may answer in the place of what was asked for. */
const faults: Readonly<Record<string, (response: ServerResponse) => void>> = {
  throttled: (response) => json(response, 429, {}),
  unavailable: (response) => json(response, 503, {}),
  denied: (response) => json(response, 403, {}),
  reset: (response) => response.socket?.destroy(),
  truncated: (response) => {
    response.writeHead(200, { "content-length": "1000", "content-type": "application/json" });
    response.write("{");
    response.socket?.end();
  },
  page: (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>sign in</html>"),
  other: (response) => json(response, 200, { schemaVersion: 2, layers: [], config: {} }),
  loop: (response) => response.writeHead(307, { location: response.req.url ?? "/" }).end(),
};

/** From the first request on, each in turn is answered so. */
async function withFaults(
  t: TestContext,
  push: (registry: CountingRegistry) => string,
  judge: (image: AssessedImage, where: string) => void,
): Promise<void> {
  const registry = await countingRegistry(t);
  const name = push(registry);
  for (const [kind, fault] of Object.entries(faults)) {
    for (let at = 0; ; at += 1) {
      let [asked, hit] = [0, ""];
      registry.fault = (request, response) => {
        // A further try of the same is answered the same.
        if (request.url === hit) {
          fault(response);
          return true;
        }
        if (request.url === "/v2/" || asked++ !== at) return false;
        hit = request.url ?? "";
        fault(response);
        return true;
      };
      const { assess, assessor } = guardedImages(t, registry);
      judge(await assess(name), `${kind} at ${hit}`);
      assessor.close();
      if (hit === "") break;
    }
  }
}

test("whatever request fails, however it does, a signed image is never one that is not", async (t) => {
  let [passed, unknown] = [0, 0];
  await withFaults(
    t,
    (registry) => `${registry.name}@${releaseImage(registry, "one", "1").digest}`,
    (image, where) => {
      assert.ok(image.evaluations.length > 0, where);
      assert.deepEqual(
        image.evaluations.filter(({ verdict }) => verdict === "fail").map(({ check }) => check),
        [],
        where,
      );
      if (told(image).length === 0) passed += 1;
      else unknown += 1;
    },
  );
  assert.ok(passed >= Object.keys(faults).length);
  assert.ok(unknown > 20, String(unknown));
});

test("whatever request fails, an image that is not signed by those whom a rule names never passes", async (t) => {
  const pushes: readonly ((registry: CountingRegistry) => string)[] = [
    (registry) => `${registry.name}@${pushImage(registry, "bare").digest}`,
    (registry) => {
      const { digest } = pushImage(registry, "theirs");
      signImage(registry, digest, stranger);
      attestImage(registry, digest, "https://cosign.sigstore.dev/attestation/vuln/v1", report(), stranger);
      return `${registry.name}@${digest}`;
    },
    (registry) => {
      // A signature of another image beside this one.
      const { digest } = pushImage(registry, "copied");
      const { payload, signature } = signer.simpleSigning(releaseImage(registry, "one").digest);
      const layer = {
        ...registry.blob("application/vnd.dev.cosign.simplesigning.v1+json", payload),
        annotations: { "dev.cosignproject.cosign/signature": signature },
      };
      const config = registry.blob("application/vnd.oci.image.config.v1+json", "{}");
      registry.manifest({ config, layers: [layer] }, `${digest.replace(":", "-")}.sig`);
      return `${registry.name}@${digest}`;
    },
  ];
  for (const push of pushes) {
    await withFaults(t, push, (image, where) => {
      const signed = image.evaluations.filter(({ check }) =>
        ["registry/unsigned-image", "registry/untrusted-signer", "registry/invalid-signature"].includes(check),
      );
      assert.ok(
        signed.some(({ verdict }) => verdict !== "pass"),
        where,
      );
    });
  }
});

test("a registry that goes wrong takes nothing from an image that is known", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "1");
  for (const [kind, fault] of Object.entries(faults)) {
    if (kind === "denied") continue;
    registry.fault = undefined;
    const { assess, pass } = guardedImages(t, registry);
    assert.deepEqual(told(await assess(`${registry.name}:1`)), [], kind);
    registry.fault = (request, response) => {
      if (request.url === "/v2/") return false;
      fault(response);
      return true;
    };
    pass(3_600_000);
    assert.deepEqual(told(await assess(`${registry.name}@${digest}`)), [], kind);
    // What is whole is another image, which the tag names by now.
    if (kind !== "other") assert.deepEqual(told(await assess(`${registry.name}:1`)), [], kind);
  }
});

test("a signature counts in each form that signers by key keep it in", async (t) => {
  for (const form of ["cosign-sig", "cosign-referrer", "bundle-signature"] as const) {
    const registry = await countingRegistry(t);
    const image = pushImage(registry, form, "1");
    const envelope =
      form === "bundle-signature"
        ? ({ kind: "bundle", bytes: signer.bundle(image.digest, "https://sigstore.dev/cosign/sign/v1", {}) } as const)
        : ({ kind: "simple-signing", ...signer.simpleSigning(image.digest) } as const);
    await attachSignature(parseReference(registry.name), image, { form, envelope }, registry.options);
    const bundle = signer.bundle(image.digest, "https://cosign.sigstore.dev/attestation/vuln/v1", report());
    await attachSignature(
      parseReference(registry.name),
      image,
      { form: "bundle-attestation", envelope: { kind: "bundle", bytes: bundle } },
      registry.options,
    );
    const { assess } = guardedImages(t, registry);
    assert.deepEqual(told(await assess(`${registry.name}:1`)), [], form);
  }
});
