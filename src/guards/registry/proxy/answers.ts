/** What clients are answered in place of the engine (OCI distribution specification, "Error Codes", "Warnings"). */
import { printable } from "../../../core/printable.ts";
import type { RouteFault } from "../../../engines/oci/distribution/routes.ts";
import type { GatewayAnswer } from "../../../net/gateway-model.ts";
import type { Decision, Refusal, StoredManifest } from "../model.ts";
import { bounds } from "./bounds.ts";

const VERSION = ["Docker-Distribution-Api-Version", "registry/2.0"] as const;

export function refusalAnswer({ status, code, message, detail, headers = {} }: Refusal): GatewayAnswer {
  const error = { code, message: printable(message), ...(detail === undefined ? {} : { detail }) };
  return {
    status,
    headers: [...VERSION, ...flat(headers), "Content-Type", "application/json", "Cache-Control", "no-store"],
    body: `${JSON.stringify({ errors: [error] })}\n`,
  };
}

export function faultRefusal({ status, code, message, allow }: RouteFault): Refusal {
  return { status, code, message, ...(allow === undefined ? {} : { headers: { Allow: allow.join(", ") } }) };
}

/** What stands behind the guard did not do its part: nothing is said of what was asked for. */
export function unavailable(message: string, status: 502 | 503 = 502): Refusal {
  return { status, code: "UNAVAILABLE", message };
}

export function manifestAnswer({ mediaType, digest, bytes }: StoredManifest, decision: Decision): GatewayAnswer {
  return {
    status: 200,
    headers: [
      ...VERSION,
      "Content-Type",
      mediaType,
      "Docker-Content-Digest",
      digest,
      "ETag",
      `"${digest}"`,
      ...warningHeaders(decision.warnings),
    ],
    body: bytes,
  };
}

/** Whether the client has it already, by its own `If-None-Match` (RFC 9110, section 13.1.2). */
export function hasAlready(condition: string | undefined, digest: string): boolean {
  if (condition === undefined) return false;
  return condition.split(",").some((each) => {
    const tag = each.trim().replace(/^W\//, "");
    return tag === "*" || tag === `"${digest}"` || tag === digest;
  });
}

export function jsonAnswer(status: number, document: unknown, headers: readonly string[] = []): GatewayAnswer {
  const type = headers.includes("Content-Type") ? [] : ["Content-Type", "application/json"];
  return { status, headers: [...VERSION, ...type, ...headers], body: JSON.stringify(document) };
}

/** `Warning: 299 - "…"`, a field each: what a client shows of them is the text. */
export function warningHeaders(warnings: readonly string[]): string[] {
  return warnings.slice(0, bounds.warnings).flatMap((text) => {
    const shown = printable(text)
      .replace(/[^ -~]/g, "?")
      .slice(0, bounds.warningCharacters);
    return ["Warning", `299 - "${shown.replace(/["\\]/g, "\\$&")}"`];
  });
}

/** Without what every answer says anyway. */
function flat(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => name.toLowerCase() !== VERSION[0].toLowerCase())
    .flat();
}
