/** What we sign, notation's own library verifies: the same payload, scheme, times and chain. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PAYLOAD_TYPE } from "../../../src/engines/trust/notation/envelope.ts";
import { intermediate, NOW, root, SUBJECT } from "../../../src/engines/trust/notation/made-envelopes.fixture.ts";
import { signNotation } from "../../../src/engines/trust/notation/sign.ts";
import { ecKeys, madeCertificate, rsaKeys } from "../../../src/engines/trust/x509/made-certificates.fixture.ts";
import { askCoreGo, withoutCoreGo } from "./core-go.ts";

const target = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: SUBJECT,
  size: 481,
  annotations: { "com.example.build": "ü" },
};

test("notation-core-go verifies what we sign", { skip: withoutCoreGo }, async () => {
  const keys = [ecKeys(), ecKeys("P-384"), ecKeys("P-521"), rsaKeys(2048), rsaKeys(3072), rsaKeys(4096)];
  const signed = keys.map((pair) => {
    const leaf = madeCertificate({ subject: "CN=release", keys: pair, issuer: intermediate });
    const chain = [leaf.der, intermediate.der, root.der];
    const expiry = new Date("2026-07-01T00:00:00Z");
    const { envelope } = signNotation(
      target,
      { key: pair.privateKey, chain },
      { now: NOW, expiry, agent: "bulkhead/test" },
    );
    return { envelope, chain };
  });
  const answers = await askCoreGo(signed.map(({ envelope }) => ({ do: "verify", format: "jws", bytes: envelope })));
  for (const [index, answer] of answers.entries()) {
    assert.ok(answer.kind === "value", JSON.stringify(answer));
    const { payload, contentType, scheme, time, expiry, critical, chain } = JSON.parse(answer.value);
    assert.deepEqual(JSON.parse(Buffer.from(payload, "base64").toString()), { targetArtifact: target });
    assert.deepEqual([contentType, scheme, critical], [PAYLOAD_TYPE, "notary.x509", []]);
    assert.deepEqual([time, expiry], ["2026-06-01T12:00:00Z", "2026-07-01T00:00:00Z"]);
    assert.deepEqual(
      chain,
      signed[index]?.chain.map((der) => der.toString("base64")),
    );
  }
});
