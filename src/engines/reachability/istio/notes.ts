/** What is said of Istio's objects that decide no connection by themselves. */
import type { IstioContext } from "./context.ts";

/**
 * RequestAuthentication refuses tokens that are wrong, and lets a request without one through: it authenticates no peer.
 * https://istio.io/latest/docs/reference/config/security/request_authentication/
 */
export function noteRequestAuthentications({ reading, note }: IstioContext): void {
  for (const object of reading.objectsOf("security.istio.io", "RequestAuthentication")) {
    note({
      code: "mesh.request-authentication",
      reason: "a RequestAuthentication refuses wrong tokens and lets requests without one through",
      remedy: "require requestPrincipals in an AuthorizationPolicy",
      object,
      field: ["spec"],
      workloads: [],
    });
  }
}
