/** notation's own library, notation-core-go, as a program: we verify what it signs, and it verifies what we sign. */
import { join } from "node:path";
import type { Reading } from "../../differential/differential.ts";
import { askGo } from "../../differential/go-program.ts";
import { missing } from "../../differential/run.ts";

const SOURCE = join(import.meta.dirname, "core-go.go");

export const coreGoNeeds = ["go", "/usr/share/gocode/src/github.com/notaryproject/notation-core-go"];

/** Why tests with it are skipped, or false. */
export const withoutCoreGo: string | false = skipWithout(missing({ needs: coreGoNeeds }));

function skipWithout(lacks: string | undefined): string | false {
  return lacks === undefined ? false : `${lacks} is not installed`;
}

export type CoreGoRequest = CoreGoSignRequest | CoreGoVerifyRequest | CoreGoTimestampRequest;

export interface CoreGoSignRequest {
  readonly do: "sign";
  readonly format: "jws" | "cose";
  /** PKCS #8. */
  readonly key: Buffer;
  /** DER. */
  readonly chain: readonly Buffer[];
  readonly payload: Buffer;
  readonly contentType: string;
  readonly scheme: string;
  readonly time: Date;
  readonly expiry?: Date;
  readonly attributes?: readonly { readonly Key: string; readonly Value: string; readonly Critical: boolean }[];
}

export interface CoreGoVerifyRequest {
  readonly do: "verify";
  readonly format: "jws" | "cose";
  readonly bytes: Buffer;
}

export interface CoreGoTimestampRequest {
  readonly do: "timestamp";
  /** A token. */
  readonly bytes: Buffer;
  readonly over: Buffer;
  /** DER, trusted for timestamps. */
  readonly roots: readonly Buffer[];
}

/** What it says to each, in order: values are the JSON that its answer is. */
export async function askCoreGo(requests: readonly CoreGoRequest[]): Promise<readonly Reading[]> {
  const cases = requests.map((request) => Buffer.from(JSON.stringify(request, inBase64)));
  return (await askGo(SOURCE, cases)).map((line): Reading => {
    const answer = JSON.parse(line) as { readonly refused?: string };
    return answer.refused === undefined ? { kind: "value", value: line } : { kind: "refused", why: answer.refused };
  });
}

/** Envelopes, in order of the requests. @throws where one is not signed */
export async function signedByCoreGo(requests: readonly CoreGoSignRequest[]): Promise<readonly Buffer[]> {
  return (await askCoreGo(requests)).map((reading) => {
    if (reading.kind === "refused") throw new Error(`notation-core-go does not sign: ${reading.why}`);
    return Buffer.from((JSON.parse(reading.value) as { readonly envelope: string }).envelope, "base64");
  });
}

/** Bytes as Go reads them; a Buffer is an object of its own by the time that it comes here. */
function inBase64(_key: string, value: unknown): unknown {
  const isBuffer = typeof value === "object" && value !== null && "type" in value && value.type === "Buffer";
  return isBuffer && "data" in value ? Buffer.from(value.data as number[]).toString("base64") : value;
}
