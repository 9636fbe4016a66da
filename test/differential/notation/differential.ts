/** Envelopes of notation's: what we verify and read of them beside notation's own library. */
import type { Digest } from "../../../src/core/digest.ts";
import type { TrustMaterial } from "../../../src/engines/trust/model.ts";
import { readCose } from "../../../src/engines/trust/notation/cose.ts";
import type { NotationEnvelope } from "../../../src/engines/trust/notation/envelope.ts";
import { readJws } from "../../../src/engines/trust/notation/jws.ts";
import { type Format, foundEnvelope, NOW } from "../../../src/engines/trust/notation/made-envelopes.fixture.ts";
import { readPayload } from "../../../src/engines/trust/notation/payload.ts";
import { verifyNotation } from "../../../src/engines/trust/notation/verify.ts";
import { askCoreGo, coreGoNeeds } from "../../trust/notation/core-go.ts";
import type { Differential, Reading } from "../differential.ts";
import { generate } from "./generate.ts";

export const differential: Differential = {
  reader: "notation",
  consumer: "notation-core-go",
  needs: coreGoNeeds,
  cases: { short: 400, soak: 20_000 },
  // To be taken for signed is all that an attacker wants.
  accepting: "difference",
  generate,
  async consume(cases) {
    const requests = cases.map((bytes) => {
      const { format, envelope } = caseOf(bytes);
      return { do: "verify", format, bytes: envelope } as const;
    });
    return (await askCoreGo(requests)).map((reading): Reading => {
      if (reading.kind === "refused") return reading;
      const { payload, scheme, time, expiry, chain, signature, timestamp } = JSON.parse(reading.value);
      const until = expiry === "0001-01-01T00:00:00Z" ? undefined : Date.parse(expiry);
      const parts = {
        payload,
        scheme,
        time: Date.parse(time),
        until,
        chain,
        signature,
        timestamp: timestamp ?? undefined,
      };
      return { kind: "value", value: JSON.stringify(parts) };
    });
  },
  read,
};

/** The first byte says which of the two it is. */
function caseOf(bytes: Buffer): { readonly format: Format; readonly envelope: Buffer } {
  return { format: bytes[0] === 0x6a ? "jws" : "cose", envelope: bytes.subarray(1) };
}

/** Its library asks neither who is trusted nor what the time is: here whoever the chain ends at is, at one time. */
function read(bytes: Buffer): Reading {
  const { format, envelope } = caseOf(bytes);
  let parts: NotationEnvelope;
  let subject: Digest;
  try {
    parts = (format === "jws" ? readJws : readCose)(envelope);
    subject = readPayload(parts.payload).digest;
  } catch (error) {
    return { kind: "refused", why: (error as Error).message };
  }
  const certificates = [parts.chain.at(-1) as Buffer];
  const material: TrustMaterial = {
    roots: [],
    keys: [],
    authorities: (["signing", "signing-authority"] as const).map((purpose) => ({
      name: purpose,
      purpose,
      certificates,
    })),
  };
  const signature = verifyNotation(foundEnvelope(format, envelope, subject), material, NOW);
  if (signature.outcome === "refused") return { kind: "refused", why: signature.refusal.reason };
  const { attributes, payload, chain, timestamp } = parts;
  const value = JSON.stringify({
    payload: payload.toString("base64"),
    scheme: attributes.scheme,
    time: attributes.signingTime,
    until: attributes.expiry,
    chain: chain.map((der) => der.toString("base64")),
    signature: parts.signature.toString("base64"),
    timestamp: timestamp?.toString("base64"),
  });
  return { kind: "value", value };
}
