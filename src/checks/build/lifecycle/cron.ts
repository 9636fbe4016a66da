/** Schedules as GitHub takes them (POSIX crontab, "Events that trigger workflows", schedule): five fields, UTC. */

const FIELDS: readonly {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}[] = [
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day of the month", from: 1, to: 31 },
  { name: "month", from: 1, to: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { name: "day of the week", from: 0, to: 7, names: "sun mon tue wed thu fri sat".split(" ") },
];

/** Longest month; of February with its leap day. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Why it never comes; undefined where it does. */
export function neverDue(cron: string): string | undefined {
  const written = cron.trim().split(/\s+/);
  if (written.length !== FIELDS.length)
    return `${JSON.stringify(cron.slice(0, 40))} has ${written.length} fields, not 5`;
  const sets: ReadonlySet<number>[] = [];
  for (const [at, field] of FIELDS.entries()) {
    const values = valuesOf(written[at] ?? "", field);
    if (values === undefined) return `${field.name} ${JSON.stringify((written[at] ?? "").slice(0, 40))} cannot be read`;
    sets.push(values);
  }
  const [, , days = new Set(), months = new Set()] = sets;
  // Where both kinds of days are limited, either is enough.
  if (written[4] !== "*") return undefined;
  const isEver = [...months].some((month) => [...days].some((day) => day <= (DAYS[month - 1] ?? 0)));
  return isEver ? undefined : `no month of ${written[3]} has a day ${written[2]}`;
}

function valuesOf(text: string, { from, to, names = [] }: (typeof FIELDS)[number]): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.toLowerCase().split(",")) {
    const [range = "", step, ...more] = part.split("/");
    const [first = "", last, ...others] = range.split("-");
    if (more.length + others.length > 0) return undefined;
    const begin = range === "*" ? from : numberOf(first, names, from);
    const end = range === "*" || (step !== undefined && last === undefined) ? to : numberOf(last ?? first, names, from);
    const by = step === undefined ? 1 : /^\d{1,3}$/.test(step) ? Number(step) : 0;
    if (begin === undefined || end === undefined || begin < from || end > to || begin > end || by < 1) return undefined;
    for (let value = begin; value <= end; value += by) values.add(value);
  }
  return values;
}

function numberOf(text: string, names: readonly string[], from: number): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return named + from;
  return /^\d{1,2}$/.test(text) ? Number(text) : undefined;
}
