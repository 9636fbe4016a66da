/** Envelopes of notation's and tokens of timestamp authorities: what we verify and read of them beside notation's own library. */
import type { Digest } from "../../../src/core/digest.ts";
import type { TrustMaterial } from "../../../src/engines/trust/model.ts";
import { readCose } from "../../../src/engines/trust/notation/cose.ts";
import type { NotationEnvelope } from "../../../src/engines/trust/notation/envelope.ts";
import { readJws } from "../../../src/engines/trust/notation/jws.ts";
import {
  type Format,
  foundEnvelope,
  NOW,
  timestampRoot,
} from "../../../src/engines/trust/notation/made-envelopes.fixture.ts";
import { readPayload } from "../../../src/engines/trust/notation/payload.ts";
import { verifyNotation } from "../../../src/engines/trust/notation/verify.ts";
import { verifyTimestamp } from "../../../src/engines/trust/timestamp/verify.ts";
import { askCoreGo, coreGoNeeds } from "../../trust/notation/core-go.ts";
import type { Differential, Reading } from "../differential.ts";
import { generate, STAMPED } from "./generate.ts";

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
      const { kind, content } = caseOf(bytes);
      if (kind === "token")
        return { do: "timestamp", bytes: content, over: STAMPED, roots: [timestampRoot.der] } as const;
      return { do: "verify", format: kind, bytes: content } as const;
    });
    return (await askCoreGo(requests)).map((reading): Reading => {
      if (reading.kind === "refused") return reading;
      const { payload, scheme, time, accuracy, expiry, chain, signature, timestamp } = JSON.parse(reading.value);
      if (accuracy !== undefined) return { kind: "value", value: JSON.stringify([Date.parse(time), accuracy]) };
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
  known: [
    {
      reason: "of a token's certificates, those that have no part in it are not looked into",
      matches: (bytes, _ours, theirs) =>
        caseOf(bytes).kind === "token" &&
        theirs.kind === "refused" &&
        theirs.why.includes("failed to parse X.509 certificates from signed data"),
    },
  ],
};

const kinds: Readonly<Record<string, Format | "token">> = { j: "jws", c: "cose", t: "token" };

/** The first byte says what it is. */
function caseOf(bytes: Buffer): { readonly kind: Format | "token"; readonly content: Buffer } {
  return { kind: kinds[bytes.toString("latin1", 0, 1)] ?? "token", content: bytes.subarray(1) };
}

function read(bytes: Buffer): Reading {
  const { kind, content } = caseOf(bytes);
  return kind === "token" ? readToken(content) : readEnvelope(kind, content);
}

function readToken(token: Buffer): Reading {
  const authorities = [{ name: "times", purpose: "timestamping", certificates: [timestampRoot.der] }] as const;
  try {
    const { time, latest } = verifyTimestamp(token, STAMPED, authorities);
    return { kind: "value", value: JSON.stringify([time, latest - time]) };
  } catch (error) {
    return { kind: "refused", why: (error as Error).message };
  }
}

/** Its library asks neither who is trusted nor what the time is: here whoever the chain ends at is, at one time. */
function readEnvelope(format: Format, envelope: Buffer): Reading {
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
