/** Clients that ask the guard in another registry's place: a mirror names repositories as the other registry does. */
import { readQuery } from "../../../engines/oci/distribution/query.ts";
import { type Route, type RouteFault, routeOf } from "../../../engines/oci/distribution/routes.ts";
import type { GatewayRequest } from "../../../net/gateway-model.ts";
import type { Upstreams } from "../model.ts";
import { hostOf } from "./forwarded.ts";

/** The way to the repository that is meant: its own name is what is granted, judged and told from here on. */
export function meantRoute(
  route: Route,
  { method, path, query, headers }: Pick<GatewayRequest, "method" | "path" | "query" | "headers">,
  upstreams: Pick<Upstreams, "meant">,
): Route | RouteFault {
  const { request } = route;
  if (request.kind === "ping" || request.kind === "catalog") return route;
  const parameters = readQuery(query);
  const host = hostOf(headers);
  const ns = typeof parameters === "string" ? undefined : parameters.value("ns");
  const meant = upstreams.meant(request.repository, {
    ...(host === undefined ? {} : { host }),
    ...(ns === undefined ? {} : { ns }),
  });
  if (meant === undefined) return route;
  // The name was read from behind /v2/: what follows it is the rest of the way.
  return routeOf(method, `/v2/${meant}${path.slice("/v2/".length + request.repository.length)}`, query);
}
