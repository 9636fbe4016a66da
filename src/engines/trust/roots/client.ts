import { readAuthorities } from "../../../net/authorities.ts";
import { bounds } from "../../../net/bounds.ts";
import { createHttpClient, type HttpClient } from "../../../net/client.ts";
import { refused } from "./refused.ts";

/** @param caFile - certificate authorities that count beside the system's, PEM @throws Problem (usage) `trust.authority` */
export function clientFor(caFile: string | undefined): HttpClient {
  const { stallMilliseconds } = bounds;
  if (caFile === undefined) return createHttpClient({ stallMilliseconds });
  const read = readAuthorities(caFile);
  if ("fault" in read) throw refused("trust.authority", caFile, read.fault);
  return createHttpClient({ stallMilliseconds, moreAuthorities: read.pem });
}
