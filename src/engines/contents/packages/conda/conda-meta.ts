import type { Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { jsonObjectIn, textIn } from "../json.ts";

/** What conda installed into an environment (conda docs, "conda-meta"): a file for each package, of its own fields. */
export const condaMeta: Analyser = {
  id: "conda-meta",
  version: 1,
  evidence: "installed",
  extensions: [".json"],
  // It lists every file of the package.
  maxBytes: bounds.lockfileBytes,
  wants: (path) => /(?:^|\/)conda-meta\/[^/]+\.json$/.test(path),
  analyse({ bytes }) {
    const stated = jsonObjectIn(bytes);
    const identity = identityOf(textIn(stated?.name), textIn(stated?.version));
    if ("fault" in identity) {
      const reason = stated === undefined ? "not a JSON object" : `it ${identity.fault}`;
      return { kind: "unreadable", code: "contents.conda-broken", reason, concerns: "conda" };
    }
    const [architecture, license] = [textIn(stated?.subdir), textIn(stated?.license)];
    const record = {
      type: "conda" as const,
      ...identity,
      ...(isDeclaredText(architecture) ? { architecture } : {}),
      licenses: isDeclaredText(license) ? [license] : [],
    };
    return { kind: "packages", packages: [record], unread: [] };
  },
};
