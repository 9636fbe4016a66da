/** Which addresses may be connected to, for URLs that come from an input. */
import { lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { NOT_PERMITTED } from "./failure.ts";

export type Permits = (address: string) => boolean;

/** Name resolution that hands on no address that is not permitted: what was checked is what is connected to. */
export function permittedLookup(permits: Permits): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, "");
      const refused = addresses.some(({ address }) => !permits(address));
      const [first] = addresses;
      if (refused || first === undefined) return done(Object.assign(new Error(), { code: NOT_PERMITTED }), "");
      if (options.all === true) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
}

/**
 * Whether a URL's host is refused before any name is looked up: an address is never looked up. A proxy looks names up
 * itself; through one, names of the own network (without a dot, and those that no public name ends with) are refused.
 */
export function isRefusedHost(hostname: string, permits: Permits, proxied: boolean): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (isIP(host) !== 0) return !permits(host);
  return proxied && (!host.includes(".") || /\.(?:localhost|local|internal|intranet|lan|home\.arpa)$/.test(host));
}
