import { join } from "node:path";
import { identities } from "../../checks/lists/identities.ts";
import { type ExtendedPolicy, isLocked, readExtended } from "../../collect/policy/extend.ts";
import { checkEnvironment } from "../../collect/policy/load.ts";
import { type PolicyPlace, placeNamed } from "../../collect/policy/place.ts";
import { settingKeys, shownValue } from "../../collect/policy/settings.ts";
import { readPolicyAt, treeNames } from "../../collect/policy/source.ts";
import { validatePolicy } from "../../collect/policy/validate.ts";
import { readClock } from "../../core/clock.ts";
import { compileGlob } from "../../core/glob.ts";
import { formatLocation } from "../../core/location.ts";
import { nearest } from "../../core/nearest.ts";
import { printable } from "../../core/printable.ts";
import { usageProblem } from "../../core/problem.ts";
import { BREAK_GLASS_DAYS } from "../../engines/oci/distribution/pull-model.ts";
import { loosenedText } from "../../report/wording.ts";
import { namedPlace } from "../named-place.ts";

/**
 * `bulkhead policy validate [FILE]`: every error in the file, else what it comes to with the files that it extends.
 * With an environment, what it comes to there. Exit code 1 where one of them tried to loosen what another has locked.
 */
export async function policyValidate(file: string, environment?: string): Promise<number> {
  const root = process.cwd();
  if (!file.startsWith("git:") && namedPlace(file).isDirectory) {
    throw usageProblem(file, "is a directory", `name the file: ${join(file, "bulkhead.yaml")}`);
  }
  const source = await readPolicyAt(placeOf(file), root);
  const problems = validatePolicy(source.text, file);
  for (const { line, column, cause, allowed } of problems) {
    process.stderr.write(
      `${printable(`${file}:${line}:${column}: ${cause}${allowed === undefined ? "" : ` (${allowed})`}`)}\n`,
    );
  }
  if (problems.length > 0) return 2;
  const extended = await readExtended(source, root, environment);
  checkEnvironment(environment, [extended]);
  const composed = environment !== undefined || extended.extended.length > 0;
  const lines = [
    `${file}: valid`,
    ...(composed ? chainLines(extended) : []),
    ...(await unknownChecks(extended)),
    ...unknownEnvironments(extended),
    ...idleBreakGlass(extended, readClock()),
  ];
  process.stdout.write(`${lines.map(printable).join("\n")}\n`);
  return extended.loosened.length === 0 ? 0 : 1;
}

/** What the policy states of checks that there are not: a name that is spelt wrong leaves its check to the rest. */
async function unknownChecks({ settings }: ExtendedPolicy): Promise<string[]> {
  const ci = settings["enforcement.ci"]?.value;
  const gate = settings["enforcement.admission"]?.value;
  const registry = settings["enforcement.registry"]?.value;
  const stated = [
    ...(ci === undefined ? [] : [ci, ...ci.atLeast].map((one) => ["enforcement.ci", one] as const)),
    ...(gate === undefined ? [] : [gate, ...gate.atLeast]).flatMap((one) =>
      [one, ...Object.values(one.namespaces)].map((rules) => ["enforcement.admission", rules] as const),
    ),
    ...(["pull", "push"] as const).flatMap((direction) => {
      const own = registry?.[direction];
      if (own === undefined) return [];
      return [own, ...own.atLeast].map((rules) => [`enforcement.registry.${direction}`, rules] as const);
    }),
  ];
  if (stated.length === 0) return [];
  const ids = identities.map(({ id }) => id);
  const named = stated.flatMap(([key, { checks }]) => Object.keys(checks).map((pattern) => [key, pattern] as const));
  const notes = named
    .filter(([, pattern]) => !ids.some(compileGlob(pattern)))
    .map(([key, pattern]) => {
      const near = nearest(pattern, ids);
      return `note: ${key}.checks: unknown check ${pattern}${near === undefined ? "" : ` (did you mean ${near}?)`}`;
    });
  return [...new Set(notes)];
}

/** Environments that namespaces or principals have and no file states: the guard does not start with them. */
function unknownEnvironments({ settings, environments }: ExtendedPolicy): string[] {
  return (["admission.environments", "registry.environments"] as const).flatMap((key) =>
    Object.entries(settings[key]?.value ?? {})
      .filter(([, name]) => !environments.includes(name))
      .map(([pattern, name]) => {
        const near = nearest(name, environments);
        return `note: ${key}: ${pattern}: unknown environment ${name}${near === undefined ? "" : ` (did you mean ${near}?)`}`;
      }),
  );
}

/** Break-glass that lets nothing past now: it has ended, or is too far ahead. */
function idleBreakGlass({ settings }: ExtendedPolicy, now: Date): string[] {
  return (settings["registry.breakGlass"]?.value ?? []).flatMap(({ images, until }) => {
    const days = (Date.parse(until) - now.getTime()) / (24 * 60 * 60 * 1_000);
    if (days > 0 && days <= BREAK_GLASS_DAYS) return [];
    const why = days > 0 ? `ends more than ${BREAK_GLASS_DAYS} days from now, so it does not hold yet` : "has ended";
    return `note: registry.breakGlass: ${images.join(", ")} until ${until} ${why}`;
  });
}

/** As judging would find it: the tree's own policy may name less than one that the caller names. */
function placeOf(file: string): PolicyPlace {
  return treeNames.includes(file) ? { kind: "tree", path: file } : placeNamed(file);
}

/** What holds in the end, and which file says so; what no file states is the default and left out. */
function chainLines({ settings, exceptions, unknown, extended, locked, loosened }: ExtendedPolicy): string[] {
  const keys = new Set(locked);
  const lists = { exceptions, unknown } as const;
  return [
    ...extended.map((name) => `extends: ${name}`),
    ...settingKeys.flatMap((key) => {
      const stated = settings[key];
      if (stated === undefined) return [];
      const where = formatLocation({ kind: "file", ...stated.place });
      return `${key}: ${shownValue(key, stated.value as never)} (${where}${isLocked(key, keys) ? ", locked" : ""})`;
    }),
    ...(["exceptions", "unknown"] as const).flatMap((key) =>
      [
        ...Map.groupBy<string, { readonly source: { readonly path: string } }>(lists[key], ({ source }) => source.path),
      ].map(([path, own]) => `${key}: ${own.length} (${path}${isLocked(key, keys) ? ", locked" : ""})`),
    ),
    ...loosened.map((key) => `loosened: ${loosenedText(key)}`),
  ];
}
