import type { Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import { parsePurl } from "../../purl-parse.ts";
import { packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { fieldsOf, itemsOf, jsonObjectIn, textIn } from "../json.ts";
import { textLines } from "../text-lines.ts";
import { unreadEntries } from "../unread.ts";

/**
 * What Bitnami's images say of their components: `.spdx-NAME.spdx` beside each, SPDX in JSON or as tags and values, whose
 * packages have a `pkg:bitnami` package-url. What else it lists lies in the image and is read there.
 */
export const bitnamiSpdx: Analyser = {
  id: "bitnami-spdx",
  version: 1,
  evidence: "installed",
  extensions: [".spdx"],
  maxBytes: bounds.lockfileBytes,
  wants: (path) => /(?:^|\/)\.spdx-[^/]+\.spdx$/.test(path),
  analyse({ bytes }) {
    const text = bytes.toString("utf8");
    const written = text.trimStart().startsWith("{") ? inJson(bytes) : inTags(text);
    if (written === undefined) {
      return { kind: "unreadable", code: "contents.bitnami-broken", reason: "not SPDX", concerns: "bitnami" };
    }
    const unread = unreadEntries();
    const list = packageList();
    for (const one of written) {
      if (!one.startsWith("pkg:bitnami/")) continue;
      const purl = parsePurl(one);
      const identity = "fault" in purl ? purl : identityOf(purl.name, purl.version);
      if ("fault" in identity) unread.add(`the package-url ${one.slice(0, SHOWN)} ${identity.fault}`);
      else list.add({ type: "bitnami", ...identity, licenses: [] });
    }
    return { kind: "packages", packages: list.records(unread), unread: unread.sentences() };
  },
};

const SHOWN = 120;

function inJson(bytes: Buffer): string[] | undefined {
  const document = jsonObjectIn(bytes);
  if (document === undefined || !Array.isArray(document.packages)) return undefined;
  return itemsOf(document.packages).flatMap((item) =>
    itemsOf(Object.fromEntries(fieldsOf(item)).externalRefs).flatMap((reference) => {
      const { referenceType, referenceLocator } = Object.fromEntries(fieldsOf(reference));
      return referenceType === "purl" ? (textIn(referenceLocator) ?? []) : [];
    }),
  );
}

function inTags(text: string): string[] | undefined {
  if (!text.includes("SPDXVersion:")) return undefined;
  const found: string[] = [];
  for (const { text: line } of textLines(text)) {
    const match = /^ExternalRef: PACKAGE[-_]MANAGER purl (\S{1,4096})\s{0,100}$/.exec(line);
    if (match !== null && found.length < bounds.packages) found.push(match[1] as string);
  }
  return found;
}
