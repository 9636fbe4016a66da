import { discard } from "../../../net/body.ts";
import type { HttpAnswer, HttpRequest } from "../../../net/client.ts";
import { follow as followRedirects } from "../../../net/redirect.ts";
import type { RegistryLimits } from "./limits.ts";
import { problemOf, type Transport } from "./transport.ts";

/**
 * Sends a GET and follows its redirects; credentials go to the request's own origin alone.
 *
 * @throws Problem `registry.redirect` and what the transport throws
 */
export async function follow(
  transport: Transport,
  request: HttpRequest & { readonly method: "GET" },
  { redirects, stallMilliseconds }: RegistryLimits,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  try {
    return await followRedirects(transport, request, {
      redirects,
      discard: (answer) => discard(answer, stallMilliseconds),
      signal,
    });
  } catch (error) {
    throw problemOf(error);
  }
}
