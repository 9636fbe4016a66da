/** What upstreams are asked with: a folder with a file for each name that the policy uses, as a mounted Secret is one. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import { pullCredentials, readPullSecret } from "../../../engines/oci/registry/pull-secrets.ts";
import type { FindCredentials } from "./remotes.ts";

/** Bytes of one file. */
const MOST = 1024 * 1024;

/**
 * Files in docker's form (`.dockerconfigjson`), read when they are needed: a Secret that is changed counts with the next question.
 *
 * @param folder - undefined: there are none
 */
export function credentialsIn(folder: string | undefined): FindCredentials {
  return async (name, source) => {
    if (folder === undefined) {
      return missing(name, "no folder with credentials was named", "pass one with --upstream-credentials");
    }
    const file = join(folder, name);
    try {
      const { size } = await stat(file);
      if (size > MOST) return missing(file, `more than ${MOST} bytes`);
      const bytes = await readFile(file);
      const entries = readPullSecret({ source: file, data: { ".dockerconfigjson": bytes.toString("base64") } });
      const found = pullCredentials(entries, source);
      return found ?? missing(file, `no credentials for ${source.domain}`, `docker login ${source.domain} writes some`);
    } catch (error) {
      if (error instanceof Problem) return error;
      return missing(file, systemCause(error));
    }
  };
}

function missing(place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "unavailable",
    code: "registry.upstream-credentials",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
