import { readNamedText } from "../collect/named/named-text.ts";
import { type ForeignIgnore, readForeignIgnores } from "../collect/policy/foreign-ignores.ts";
import { validatePolicy } from "../collect/policy/validate.ts";
import { append } from "../core/append.ts";
import { printable } from "../core/printable.ts";
import { usageProblem } from "../core/problem.ts";

export interface ImportIgnoresOptions {
  readonly owner: string;
  readonly expires: string;
  /** Of entries that state none. */
  readonly reason?: string;
}

const kind = { code: "policy", option: "import-ignores", example: ".trivyignore", bytes: 1024 * 1024 } as const;

/**
 * `bulkhead import-ignores FILE…`: prints ignore files of other tools as exceptions of a policy. What no exception can say is
 * told on stderr, and makes the exit code 3: who goes by the result must know that it is less.
 */
export async function importIgnores(
  files: readonly string[],
  options: ImportIgnoresOptions,
  print: (text: string) => void = (text) => process.stdout.write(text),
  complain: (text: string) => void = (text) => process.stderr.write(text),
): Promise<number> {
  const left: string[] = [];
  const entries: string[] = [];
  const seen = new Set<string>();
  for (const file of files) {
    const read = readForeignIgnores(file, await readNamedText(file, process.cwd(), kind));
    append(left, read.left);
    for (const ignore of read.ignores) {
      const entry = entryOf(ignore, file, options);
      if (!seen.has(entry)) entries.push(entry);
      seen.add(entry);
    }
  }
  for (const text of left) complain(`bulkhead: left out: ${printable(text)}\n`);
  const yaml = entries.length === 0 ? "exceptions: []\n" : `exceptions:\n${entries.join("")}`;
  const [problem] = validatePolicy(`apiVersion: bulkhead/v1\n${yaml}`, "exceptions");
  if (problem !== undefined) {
    const allowed = problem.allowed === undefined ? "" : `; allowed: ${problem.allowed}`;
    throw usageProblem(
      "import-ignores",
      `${problem.cause}${allowed}`,
      "--owner, --reason and --expires go into each entry",
    );
  }
  print(yaml);
  return left.length === 0 ? 0 : 3;
}

/** One that ends earlier by its own file keeps its day. */
function entryOf(ignore: ForeignIgnore, file: string, { owner, expires, reason }: ImportIgnoresOptions): string {
  const why = ignore.reason ?? reason;
  if (why === undefined) {
    const what = ignore.id ?? ignore.package ?? ignore.path ?? "";
    throw usageProblem(file, `${what} has no reason`, "add --reason TEXT, used for all entries without one");
  }
  const until = ignore.expires !== undefined && ignore.expires < expires ? ignore.expires : expires;
  const keys = { id: ignore.id, package: ignore.package, path: ignore.path, reason: why, owner };
  const lines = Object.entries(keys).flatMap(([key, value]) =>
    // JSON's texts are YAML's.
    value === undefined ? [] : [`${key}: ${JSON.stringify(value)}`],
  );
  return `  - ${[...lines, `expires: ${until}`].join("\n    ")}\n`;
}
