import type { LicenseTerm } from "../model.ts";
import type { LicenseExpression } from "./expression.ts";

type License = Extract<LicenseTerm, { kind: "license" }>;

/** An SPDX expression with the current ids for deprecated ones. */
export function termOf(expression: LicenseExpression): LicenseTerm {
  if (expression.kind !== "license") return { kind: expression.kind, parts: expression.parts.map(termOf) };
  const { id, orLater, exception } = expression;
  const license = current(orLater ? `${id}+` : id);
  return exception === undefined ? license : { ...license, exception };
}

/**
 * The GNU licences' ids without `-only` or `-or-later` are deprecated, as are ids with an exception in them (SPDX
 * licence list 3.0 and later). Other ids stay; their `+` is a later version of the same (annex D.2).
 */
function current(id: string): License {
  const withException = WITH_EXCEPTION.get(id);
  if (withException !== undefined) {
    const [base, exception] = withException;
    return { ...current(base), formerly: id, exception };
  }
  const gnu = /^((?:A|L)?GPL|GFDL)-(\d\.\d)(\+|-only|-or-later)?$/.exec(id);
  if (gnu === null) {
    return id.endsWith("+") && !id.startsWith("LicenseRef-")
      ? { kind: "license", id, orLaterThan: [id.slice(0, -1)] }
      : { kind: "license", id };
  }
  const version = `${gnu[1]}-${gnu[2]}`;
  return gnu[3] === "+" || gnu[3] === "-or-later"
    ? {
        kind: "license",
        id: `${version}-or-later`,
        formerly: `${version}+`,
        orLaterThan: [`${version}-only`, version],
      }
    : { kind: "license", id: `${version}-only`, formerly: version };
}

const WITH_EXCEPTION: ReadonlyMap<string, readonly [base: string, exception: string]> = new Map([
  ["GPL-2.0-with-GCC-exception", ["GPL-2.0", "GCC-exception-2.0"]],
  ["GPL-2.0-with-autoconf-exception", ["GPL-2.0", "Autoconf-exception-2.0"]],
  ["GPL-2.0-with-bison-exception", ["GPL-2.0", "Bison-exception-2.2"]],
  ["GPL-2.0-with-classpath-exception", ["GPL-2.0", "Classpath-exception-2.0"]],
  ["GPL-2.0-with-font-exception", ["GPL-2.0", "Font-exception-2.0"]],
  ["GPL-3.0-with-GCC-exception", ["GPL-3.0", "GCC-exception-3.1"]],
  ["GPL-3.0-with-autoconf-exception", ["GPL-3.0", "Autoconf-exception-3.0"]],
]);
