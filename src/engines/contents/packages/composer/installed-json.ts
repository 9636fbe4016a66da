import { isObject } from "../../../../core/untyped.ts";
import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { itemsOf, jsonIn, textIn } from "../json.ts";
import { composerFacts } from "./packages.ts";

/**
 * What Composer installed: `vendor/composer/installed.json` (its `FilesystemRepository`). Composer 1 writes a list of
 * packages, Composer 2 an object with them and the names of those that are only for development.
 */
export const composerInstalled: Analyser = {
  id: "composer-installed",
  version: 1,
  evidence: "installed",
  basenames: ["installed.json"],
  maxBytes: bounds.lockfileBytes,
  // The folder's name is the project's choice (`vendor-dir`), that of the one in it is not.
  wants: (path) => path === "composer/installed.json" || path.endsWith("/composer/installed.json"),
  analyse,
};

function analyse({ bytes }: AnalysedFile): FileFacts {
  const installed = jsonIn(bytes);
  const packages = isObject(installed) ? installed.packages : installed;
  if (!Array.isArray(packages)) {
    return { kind: "unreadable", code: "contents.composer-installed-broken", reason: "not a JSON list of packages" };
  }
  const development = new Set(isObject(installed) ? itemsOf(installed["dev-package-names"]) : []);
  return composerFacts(
    packages.map((stated: unknown) => ({
      stated,
      development: isObject(stated) && development.has(textIn(stated.name)),
    })),
  );
}
