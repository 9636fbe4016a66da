import type { Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import { identityOf } from "../identity.ts";

/**
 * The `release` file at the root of every Java runtime since 7 (JEP 223 gives its version's form): KEY="value" lines.
 * Other programs have files of that name, so it must name the version and the operating system that it was built for.
 */
export const javaRelease: Analyser = {
  id: "java-release",
  version: 1,
  evidence: "installed",
  basenames: ["release"],
  maxBytes: bounds.smallFileBytes,
  wants: () => true,
  analyse({ bytes }) {
    const values = new Map<string, string>();
    for (const line of bytes.toString("utf8").split("\n")) {
      const match = /^(JAVA_VERSION|OS_ARCH)="?([^"\r]{1,100})"?\r?$/.exec(line);
      if (match !== null) values.set(match[1] as string, match[2] as string);
    }
    if (!values.has("OS_ARCH")) return undefined;
    const identity = identityOf("java", values.get("JAVA_VERSION"));
    if ("fault" in identity) return undefined;
    return { kind: "packages", packages: [{ type: "generic", ...identity, licenses: [] }], unread: [] };
  },
};
