import assert from "node:assert/strict";
import { test } from "node:test";
import { readCbor } from "../../../formats/cbor/read.ts";
import { writeCbor } from "../../../formats/cbor/write.ts";
import { foundEnvelope, madeEnvelope, material, NOW } from "./made-envelopes.fixture.ts";
import { outcome } from "./outcome.fixture.ts";
import { verifyNotation } from "./verify.ts";

test("jws: one reading of the JSON, or none", () => {
  const json = JSON.parse(madeEnvelope("jws").toString()) as Record<string, unknown> & {
    header: Record<string, unknown>;
  };
  const read = (text: string) => outcome(verifyNotation(foundEnvelope("jws", Buffer.from(text)), material, NOW));
  const text = JSON.stringify(json);
  assert.equal(read(text), "verified");
  assert.match(
    read(text.replace('"payload"', '"payload":"x","payload"')),
    /the envelope: the key "payload" twice in one object$/,
  );
  assert.match(
    read(JSON.stringify({ ...json, signatures: [] })),
    /^form: trust.form: the envelope has a field signatures$/,
  );
  assert.match(
    read(JSON.stringify({ ...json, header: { ...json.header, alg: "PS256" } })),
    /header alg stands in both headers$/,
  );
  assert.match(
    read(JSON.stringify({ ...json, header: { ...json.header, X5C: [] } })),
    /header X5C is written in another case$/,
  );
  assert.match(read(JSON.stringify({ ...json, signature: `${json.signature}=` })), /signature is not base64url$/);
  assert.match(read(JSON.stringify({ ...json, signature: undefined })), /^form: trust.form: signature is missing$/);
  assert.match(read(JSON.stringify({ ...json, header: { x5c: ["AAA"] } })), /certificate 1 is not base64$/);
  assert.equal(read(JSON.stringify({ ...json, header: { ...json.header, "com.example": 1 } })), "verified");
});

test("cose: one reading of the CBOR, or none", () => {
  const bytes = madeEnvelope("cose");
  const fault = (cause: string) => new Error(cause);
  const value = readCbor(bytes, { depth: 32, values: 1_000, fault });
  assert.ok(value.kind === "tag" && value.value.kind === "list");
  const [protectedHeader, unprotected, payload, signature] = value.value.items;
  assert.ok(protectedHeader && unprotected?.kind === "map" && payload && signature);
  const read = (encoded: Buffer) => outcome(verifyNotation(foundEnvelope("cose", encoded), material, NOW));
  const list = (...items: readonly (typeof payload)[]) => ({ kind: "list", items }) as const;
  const sign1 = (...items: readonly (typeof payload)[]) =>
    read(writeCbor({ kind: "tag", tag: 18n, value: list(...items) }));
  assert.equal(sign1(protectedHeader, unprotected, payload, signature), "verified");
  assert.match(read(writeCbor(value.value)), /^form: trust.form: the envelope is not a tagged COSE_Sign1$/);
  assert.match(sign1(protectedHeader, unprotected, payload, signature, payload), /more than four parts$/);
  assert.match(sign1(protectedHeader, unprotected, payload), /^form: trust.form: the signature has no bytes$/);
  assert.match(
    sign1(protectedHeader, unprotected, { kind: "simple", value: 22 }, signature),
    /^form: trust.unsupported: the payload is not in the envelope$/,
  );
  const twice = { kind: "map", entries: [...unprotected.entries, [{ kind: "integer", value: 1n }, payload]] } as const;
  assert.match(sign1(protectedHeader, twice, payload, signature), /^form: trust.form: label 1 stands in both headers$/);
  assert.match(read(Buffer.concat([bytes, Buffer.from([0])])), /the envelope has bytes after its end$/);
});
