import { counted } from "../../core/counted.ts";
import { withoutLogCommands } from "../../core/log-commands.ts";
import { printable } from "../../core/printable.ts";
import { instances, type KnownRoot, knownRoot } from "../../engines/trust/roots/instances.ts";
import { parseNow } from "../evaluation.ts";
import { defaultRoots } from "../paths.ts";
import { isOldRoot, rootParts } from "./root-parts.ts";

interface StatusOptions {
  readonly roots?: string;
  readonly now?: string;
  readonly json: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/** `bulkhead trust status` */
export function trustStatus(options: StatusOptions): number {
  const now = parseNow(options.now);
  const known = instances.map((instance) => knownRoot(instance, options.roots ?? defaultRoots()));
  if (options.json) {
    const roots = known.map(({ name, asOf, from, document, discarded }) => ({
      name,
      asOf,
      from,
      ...(discarded === undefined ? {} : { discarded: discarded.line() }),
      document,
    }));
    process.stdout.write(withoutLogCommands(`${JSON.stringify({ roots }, undefined, 2)}\n`));
    return 0;
  }
  for (const root of known) {
    process.stdout.write(`${lines(root, now).map(printable).join("\n")}\n`);
  }
  return 0;
}

function lines({ name, asOf, from, document, discarded }: KnownRoot, now: Date): string[] {
  const days = Math.floor((now.getTime() - Date.parse(asOf)) / DAY);
  const age = days < 0 ? "in the future" : days === 0 ? "today" : `${counted(days, "day")} ago`;
  const source = from === "cache" ? "downloaded and verified" : "included in this program";
  return [
    `${name}: as of ${asOf.slice(0, 10)} (${age}), ${source}`,
    `  ${rootParts(document)}`,
    ...(discarded === undefined ? [] : [`  download not used: ${discarded.line()}`]),
    ...(isOldRoot(asOf, now) ? ["  run `bulkhead trust update` to check for a newer one"] : []),
  ];
}
