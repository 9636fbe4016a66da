import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { openSecretbox, sealSecretbox } from "./secretbox.ts";

/** The example that NaCl's own tests and documents carry ("Cryptography in NaCl", section 10). */
const key = Buffer.from("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389", "hex");
const nonce = Buffer.from("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37", "hex");
const message = Buffer.from(
  "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705",
  "hex",
);
const box =
  "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5";

describe("secretbox", () => {
  it("seals and opens NaCl's own example", () => {
    assert.equal(sealSecretbox(message, nonce, key).toString("hex"), box);
    assert.deepEqual(openSecretbox(Buffer.from(box, "hex"), nonce, key), message);
  });

  it("opens what it sealed, of any length, and nothing of which one bit is another", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, place) => {
        const [own, once] = [randomBytes(32), randomBytes(24)];
        const sealed = sealSecretbox(Buffer.from(bytes), once, own);
        assert.deepEqual(openSecretbox(sealed, once, own), Buffer.from(bytes));
        const flipped = Buffer.from(sealed);
        const at = place % flipped.length;
        flipped[at] = (flipped[at] as number) ^ (1 << (place % 8));
        assert.equal(openSecretbox(flipped, once, own), undefined);
      }),
      runs(50),
    );
  });

  it("opens nothing that is too short, or with another key", () => {
    assert.equal(openSecretbox(Buffer.alloc(15), nonce, key), undefined);
    assert.equal(openSecretbox(Buffer.from(box, "hex"), nonce, randomBytes(32)), undefined);
  });
});
