/**
 * A kubelet's credential provider (Kubernetes, "Configure a kubelet image credential provider"): the token that the kubelet has
 * for the pod's own service account goes to the guard in a password's place. It is asked for by the guard's audience
 * (`tokenAttributes.serviceAccountTokenAudience`), so it is of no use elsewhere, and nothing is kept on the node.
 */
import { text } from "node:stream/consumers";
import { readClock } from "../../core/clock.ts";
import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import { isObject } from "../../core/untyped.ts";
import { parseCompact } from "../../engines/jose/compact.ts";
import { parseReference } from "../../engines/oci/reference.ts";

const VERSION = "credentialprovider.kubelet.k8s.io/v1";
const REQUEST_BYTES = 256 * 1024;
/** Before the token's end, the kubelet asks again. */
const MARGIN_SECONDS = 60;

/** `bulkhead registry credential-provider`: one request on standard input, its response on standard output. */
export async function credentialProvider(): Promise<number> {
  process.stdout.write(`${JSON.stringify(credentialsFor(await text(process.stdin), readClock()))}\n`);
  return 0;
}

/** @throws Problem (input) `registry.credential-request` */
export function credentialsFor(request: string, now: Date): object {
  const { image, token } = readRequest(request);
  const { domain } = parseReference(image);
  const exp = parseCompact(token)?.claims.exp;
  if (typeof exp !== "number") throw refused("its serviceAccountToken is not a token");
  const seconds = Math.max(0, Math.floor(exp - now.getTime() / 1_000) - MARGIN_SECONDS);
  return {
    apiVersion: VERSION,
    kind: "CredentialProviderResponse",
    // The token says who the pod is: whatever registry it is for, no other may be given it.
    cacheKeyType: "Registry",
    cacheDuration: `${seconds}s`,
    auth: { [domain]: { username: "kubernetes", password: token } },
  };
}

function readRequest(written: string): { readonly image: string; readonly token: string } {
  if (written.length > REQUEST_BYTES) throw refused(`larger than ${REQUEST_BYTES} bytes`);
  let request: unknown;
  try {
    request = parseJson(written);
  } catch {
    throw refused("not JSON");
  }
  if (!isObject(request) || request.apiVersion !== VERSION || request.kind !== "CredentialProviderRequest") {
    throw refused(`not a CredentialProviderRequest of ${VERSION}`);
  }
  const { image, serviceAccountToken } = request;
  if (typeof image !== "string" || image === "") throw refused("names no image");
  if (typeof serviceAccountToken !== "string" || serviceAccountToken === "") {
    throw refused("has no serviceAccountToken", "set tokenAttributes of the provider in the kubelet's configuration");
  }
  return { image, token: serviceAccountToken };
}

function refused(cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "input",
    code: "registry.credential-request",
    place: "standard input",
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
