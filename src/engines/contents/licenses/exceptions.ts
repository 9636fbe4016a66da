/** What exceptions are called behind `with`: SPDX's ids, and the words of distributions. */
import exceptions from "spdx-exceptions/index.json" with { type: "json" };

/**
 * The id of the exception to a license that some words mean; undefined where SPDX lists none of that name. Which of two
 * it is goes by the license: the exceptions of GPL 2 and GPL 3 have the same names.
 *
 * @param license - an SPDX id
 */
export function spelledException(license: string, text: string): string | undefined {
  const key = keyOf(text);
  const named = NAMES.get(key);
  if (named === undefined) return IDS.get(key);
  if (typeof named === "string") return named;
  return license.startsWith("GPL-3.") ? named.gpl3 : license.startsWith("GPL-") ? named.gpl2 : undefined;
}

/** Lower case without blanks, punctuation and the word itself. */
function keyOf(text: string): string {
  return text
    .toLowerCase()
    .split(/[^a-z0-9.]+/)
    .filter((word) => word !== "exception" && word !== "the" && word !== "linking")
    .join("");
}

const IDS: ReadonlyMap<string, string> = new Map(exceptions.map((id) => [keyOf(id), id]));

type Named = string | { readonly gpl2: string; readonly gpl3: string };

const GENERIC = { gpl2: "Autoconf-exception-generic", gpl3: "Autoconf-exception-generic-3.0" };
const GCC = { gpl2: "GCC-exception-2.0", gpl3: "GCC-exception-3.1" };

/** keyOf of the names. What files of other projects carry of Autoconf is the generic one, not that of Autoconf itself. */
const NAMES: ReadonlyMap<string, Named> = new Map<string, Named>([
  ["autoconf", GENERIC],
  ["autoconfgeneric", GENERIC],
  ["autoconfdata", GENERIC],
  ["bison", "Bison-exception-2.2"],
  ["classpath", "Classpath-exception-2.0"],
  ["gcc", GCC],
  ["gccruntime", GCC],
  ["gccruntime3.1", GCC],
  ["gccruntimelibrary", GCC],
  ["gccruntimelibrary3.1", GCC],
  ["font", "Font-exception-2.0"],
  ["ecos", "eCos-exception-2.0"],
  ["qt", "Qt-LGPL-exception-1.1"],
  ["qtlgpl", "Qt-LGPL-exception-1.1"],
  ["wxwindows", "WxWindows-exception-3.1"],
]);
