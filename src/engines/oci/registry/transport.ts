/** Requests to registries and their token services: the house's HTTP client, its failures in our words. */

import { Problem, type ProblemKind } from "../../../core/problem.ts";
import { readAuthorities } from "../../../net/authorities.ts";
import { createHttpClient, type HttpClient } from "../../../net/client.ts";
import { type FailureReason, HttpFailure } from "../../../net/failure.ts";
import type { Permits } from "../../../net/permitted.ts";
import type { Environment } from "../../../net/proxy.ts";
import { PassingProblem } from "./retry.ts";
import { describeUrl } from "./url.ts";

/** Sends one request, without redirects, authentication or further tries; it throws a Problem where the client failed. */
export type Transport = HttpClient;

export interface TransportOptions {
  /** A PEM file of certificate authorities that count beside the system's. */
  readonly caFile?: string;
  /** `host:port` of the one server whose certificate is not verified: the registry itself, where the user said so. */
  readonly unverified?: string;
  /** Milliseconds until the headers must be there. */
  readonly stallMilliseconds: number;
  /** Where proxies are named. */
  readonly environment?: Environment;
  /** Asked for each address before it is connected to. */
  readonly permits?: Permits;
}

/** @throws Problem `registry.ca-file` */
export function createTransport({ caFile, unverified, ...options }: TransportOptions): Transport {
  const client = createHttpClient({
    ...options,
    ...(caFile === undefined ? {} : { moreAuthorities: authorities(caFile) }),
    ...(unverified === undefined ? {} : { server: { origin: `https://${unverified}`, unverified: true } }),
  });
  return {
    async send(request, signal) {
      try {
        return await client.send(request, signal);
      } catch (error) {
        throw problemOf(error);
      }
    },
    close: client.close,
  };
}

function authorities(path: string): string {
  const read = readAuthorities(path);
  if ("pem" in read) return read.pem;
  throw new Problem({ kind: "usage", code: "registry.ca-file", place: path, cause: read.fault });
}

const CODES: Readonly<Record<FailureReason, readonly [kind: ProblemKind, code: string, remedy?: string]>> = {
  unreachable: ["unavailable", "registry.unreachable"],
  address: ["unavailable", "registry.unreachable"],
  proxy: ["unavailable", "registry.proxy", "the environment names it: HTTPS_PROXY, HTTP_PROXY, NO_PROXY"],
  tls: ["unavailable", "registry.tls", "if it speaks plain HTTP only, say so with --plain-http"],
  certificate: ["unavailable", "registry.certificate", "name its certificate authority with --ca-file"],
  answer: ["input", "registry.answer"],
  "too-large": ["input", "registry.answer"],
  redirect: ["input", "registry.redirect"],
  request: ["input", "registry.answer"],
  stalled: ["unavailable", "registry.stalled"],
  broken: ["unavailable", "registry.broken"],
};

/** Puts a failure into our words; what is none stays as it is. */
export function problemOf(error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error;
  const [kind, code, remedy] = CODES[error.reason];
  const details = { kind, code, place: describeUrl(error.url), cause: error.message };
  if (error.reason === "stalled" || error.reason === "broken") return new PassingProblem(details);
  return new Problem({ ...details, ...(remedy === undefined ? {} : { remedy }) });
}

export function broken(url: URL, cause: string): PassingProblem {
  return new PassingProblem({ kind: "unavailable", code: "registry.broken", place: describeUrl(url), cause });
}
